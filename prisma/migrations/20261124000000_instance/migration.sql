-- The instances that run on this database, each with what it does to the cache that they share. A write whose entries
-- could not be evicted is answered at once where all of them read past the cache.
CREATE TABLE "instance" (
  "id" TEXT NOT NULL,
  "mode" TEXT NOT NULL,
  "seen_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "instance_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "instance_mode_known" CHECK ("mode" IN ('bypassing', 'trusting'))
);
