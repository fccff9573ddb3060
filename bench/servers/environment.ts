/** Where a server of the benchmark listens, and what it reads from. */
export const environment = {
  port: Number(process.env['PORT']),
  databaseUrl: process.env['DATABASE_URL'] ?? '',
  redisUrl: process.env['REDIS_URL'] ?? '',
}

/** How long entries live, in seconds: as long as Larder's do. */
export const ttlSeconds = 1800
