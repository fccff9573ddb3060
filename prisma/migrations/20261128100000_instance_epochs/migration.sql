-- In which epochs an instance reads the cache: while one of them is over, a change that was evicted in a later one is kept.
ALTER TABLE "instance" ADD COLUMN "epochs" JSONB NOT NULL DEFAULT '{}';
