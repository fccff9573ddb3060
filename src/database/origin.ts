import { cachePlace } from './cache-server.ts'

/**
 * SQL: names this database at this stage of its history. Another one, or this one restored to an earlier moment, or taken
 * over by a standby that had not received everything, has another name, and so has this one once its cache is kept
 * elsewhere: what was stored before is not valid then. Told by the log that is being written, since the
 * control file learns of a new timeline only with the next checkpoint.
 */
export const originSql = `
  SELECT concat_ws('/', s.system_identifier, left(pg_walfile_name(pg_current_wal_lsn()), 8), d.oid,
    (SELECT "epoch" FROM "cache_server" WHERE "name" = '${cachePlace}')) AS origin
  FROM pg_control_system() s, pg_database d WHERE d.datname = current_database()`
