-- Which server is the one that the cache is kept in, and for the how many-th time that has changed. What was stored under
-- an earlier epoch is valid no more, and whoever evicts under one has not evicted for those who are further.
CREATE TABLE "cache_server" (
  "name" TEXT NOT NULL,
  "server" TEXT NOT NULL,
  "epoch" INTEGER NOT NULL DEFAULT 1,
  CONSTRAINT "cache_server_pkey" PRIMARY KEY ("name")
);
