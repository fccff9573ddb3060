-- The outbox: the database itself tells which rows changed, whoever changed them. A row is committed together with the
-- change it reports, and deleted once every cache entry that the change touches has been evicted.

CREATE TABLE "outbox" (
  "id" BIGSERIAL NOT NULL,
  "transaction_id" BIGINT NOT NULL,
  "entity" TEXT NOT NULL,
  "before" JSONB,
  "after" JSONB,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "outbox_transaction_id_idx" ON "outbox"("transaction_id");

-- Arguments: the columns of the primary key, then the columns too long to be worth reporting, each as one list.
-- A statement that changes more rows than the threshold is reported as one row that stands for the whole table.
CREATE FUNCTION "larder_record_changes"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  bulk_threshold CONSTANT INTEGER := 1000;
  key_columns TEXT[] := string_to_array(TG_ARGV[0], ',');
  long_columns TEXT[] := string_to_array(TG_ARGV[1], ',');
  same_key TEXT;
  changed INTEGER := 0;
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    changed := bulk_threshold + 1;
  ELSIF TG_OP = 'INSERT' THEN
    SELECT count(*) INTO changed FROM (SELECT FROM new_rows LIMIT bulk_threshold + 1) AS counted;
  ELSIF TG_OP = 'DELETE' THEN
    SELECT count(*) INTO changed FROM (SELECT FROM old_rows LIMIT bulk_threshold + 1) AS counted;
  ELSE
    SELECT count(*) INTO changed FROM (SELECT FROM new_rows LIMIT bulk_threshold + 1) AS counted;
  END IF;

  IF changed = 0 THEN
    RETURN NULL;
  ELSIF changed > bulk_threshold THEN
    INSERT INTO "outbox" ("transaction_id", "entity") VALUES (pg_current_xact_id()::text::bigint, TG_TABLE_NAME);
  ELSIF TG_OP = 'INSERT' THEN
    INSERT INTO "outbox" ("transaction_id", "entity", "after")
      SELECT pg_current_xact_id()::text::bigint, TG_TABLE_NAME, to_jsonb(n) - long_columns FROM new_rows n;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO "outbox" ("transaction_id", "entity", "before")
      SELECT pg_current_xact_id()::text::bigint, TG_TABLE_NAME, to_jsonb(o) - long_columns FROM old_rows o;
  ELSE
    SELECT string_agg(format('o.%I = n.%I', key_column, key_column), ' AND ') INTO same_key FROM unnest(key_columns) AS key_column;
    -- a full join: where the key itself changed, the old row is reported as deleted and the new one as created
    EXECUTE format(
      'INSERT INTO "outbox" ("transaction_id", "entity", "before", "after")
         SELECT pg_current_xact_id()::text::bigint, %L, to_jsonb(o) - $1, to_jsonb(n) - $1
         FROM old_rows o FULL JOIN new_rows n ON %s WHERE o IS DISTINCT FROM n', TG_TABLE_NAME, same_key)
      USING long_columns;
  END IF;
  -- a hint that wakes the relay; it polls besides
  PERFORM pg_notify('larder_outbox', '');
  RETURN NULL;
END $$;

DO $$
DECLARE
  watched RECORD;
BEGIN
  FOR watched IN SELECT * FROM (VALUES
    ('category', 'id', 'description,image'),
    ('product', 'id', 'description,description_html,images'),
    ('product_category', 'product_id,category_id', ''),
    ('product_variant', 'id', 'image,selected_options'),
    ('review', 'id', 'title,body,author'),
    ('product_pricing', 'product_id', ''),
    ('product_rating', 'product_id', ''),
    ('product_search', 'product_id', 'document,category_names')
  ) AS tables (name, key_columns, long_columns) LOOP
    EXECUTE format('CREATE TRIGGER %I AFTER INSERT ON %I REFERENCING NEW TABLE AS new_rows
      FOR EACH STATEMENT EXECUTE FUNCTION "larder_record_changes"(%L, %L)',
      watched.name || '_outbox_insert', watched.name, watched.key_columns, watched.long_columns);
    EXECUTE format('CREATE TRIGGER %I AFTER UPDATE ON %I REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
      FOR EACH STATEMENT EXECUTE FUNCTION "larder_record_changes"(%L, %L)',
      watched.name || '_outbox_update', watched.name, watched.key_columns, watched.long_columns);
    EXECUTE format('CREATE TRIGGER %I AFTER DELETE ON %I REFERENCING OLD TABLE AS old_rows
      FOR EACH STATEMENT EXECUTE FUNCTION "larder_record_changes"(%L, %L)',
      watched.name || '_outbox_delete', watched.name, watched.key_columns, watched.long_columns);
    EXECUTE format('CREATE TRIGGER %I AFTER TRUNCATE ON %I
      FOR EACH STATEMENT EXECUTE FUNCTION "larder_record_changes"(%L, %L)',
      watched.name || '_outbox_truncate', watched.name, watched.key_columns, watched.long_columns);
    -- ALWAYS: replication and session_replication_role = replica must not silence them
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', watched.name, watched.name || '_outbox_insert');
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', watched.name, watched.name || '_outbox_update');
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', watched.name, watched.name || '_outbox_delete');
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', watched.name, watched.name || '_outbox_truncate');
  END LOOP;
END $$;
