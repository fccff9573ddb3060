-- What a write reads of the outbox, while thousands of rows that were delivered still wait for vacuum.
CREATE INDEX "outbox_entity_idx" ON "outbox"("entity");

-- What this transaction has changed, once every deferred constraint and trigger has had its say. From here on it may stand
-- idle for so many ms before PostgreSQL ends it.
CREATE FUNCTION "larder_own_changes"(idle_ms INTEGER)
  RETURNS TABLE ("id" TEXT, "transaction" TEXT, "entity" TEXT, "before" JSONB, "after" JSONB) LANGUAGE plpgsql AS $$
BEGIN
  SET CONSTRAINTS ALL IMMEDIATE;
  PERFORM set_config('idle_in_transaction_session_timeout', idle_ms::text, true);
  RETURN QUERY SELECT o."id"::text, o."transaction_id"::text, o."entity", o."before", o."after" FROM "outbox" AS o
    WHERE o."transaction_id" = pg_current_xact_id_if_assigned()::text::bigint ORDER BY o."id";
END $$;
