-- What is derived from the catalog's rows: price ranges, ratings, search documents. Statement-level triggers keep them,
-- whoever writes; a derived row is touched only when its values differ, so that nothing else is evicted for it.

CREATE TABLE "product_pricing" (
  "product_id" INTEGER NOT NULL,
  "currency" TEXT COLLATE "C",
  "min_price" BIGINT,
  "max_price" BIGINT,
  "in_stock" BOOLEAN NOT NULL DEFAULT false,
  CONSTRAINT "product_pricing_pkey" PRIMARY KEY ("product_id"),
  CONSTRAINT "product_pricing_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "product"("id") ON DELETE CASCADE ON UPDATE RESTRICT
);

CREATE TABLE "product_rating" (
  "product_id" INTEGER NOT NULL,
  "count" INTEGER NOT NULL DEFAULT 0,
  "average" DOUBLE PRECISION,
  "one" INTEGER NOT NULL DEFAULT 0,
  "two" INTEGER NOT NULL DEFAULT 0,
  "three" INTEGER NOT NULL DEFAULT 0,
  "four" INTEGER NOT NULL DEFAULT 0,
  "five" INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT "product_rating_pkey" PRIMARY KEY ("product_id"),
  CONSTRAINT "product_rating_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "product"("id") ON DELETE CASCADE ON UPDATE RESTRICT
);

CREATE TABLE "product_search" (
  "product_id" INTEGER NOT NULL,
  "document" TSVECTOR NOT NULL,
  "category_names" TSVECTOR NOT NULL,
  CONSTRAINT "product_search_pkey" PRIMARY KEY ("product_id"),
  CONSTRAINT "product_search_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "product"("id") ON DELETE CASCADE ON UPDATE RESTRICT
);

CREATE INDEX "product_pricing_currency_min_price_product_id_idx" ON "product_pricing"("currency", "min_price", "product_id");
CREATE INDEX "product_rating_average_product_id_idx" ON "product_rating"("average" DESC, "product_id");
CREATE INDEX "product_search_document_idx" ON "product_search" USING GIN ("document");

-- Words as search knows them: letters and digits, without case or accents. src/catalog/product/search-words.ts does the
-- same to a query; a test holds the two together.
CREATE FUNCTION "larder_search_words"(value TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT btrim(regexp_replace(
    lower(regexp_replace(normalize(coalesce(value, ''), NFKD), '[\u0300-\u036f]+', '', 'g') COLLATE "und-x-icu"),
    '[^[:alnum:]]+', ' ', 'g'))
$$;

-- A product's row is locked before what derives from it is computed. Two transactions that change variants of the same
-- product thus compute one after the other, and the second sees what the first committed.
CREATE FUNCTION "larder_refresh_pricing"(touched INTEGER[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  broken INTEGER;
BEGIN
  PERFORM 1 FROM "product" WHERE "id" = ANY (touched) ORDER BY "id" FOR NO KEY UPDATE;
  SELECT v."product_id" INTO broken FROM "product_variant" v WHERE v."product_id" = ANY (touched)
    GROUP BY v."product_id" HAVING count(DISTINCT v."currency") > 1 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the variants of product % would have prices in more than one currency', broken
      USING ERRCODE = 'check_violation', CONSTRAINT = 'product_variant_one_currency', TABLE = 'product_variant';
  END IF;
  INSERT INTO "product_pricing" AS pricing ("product_id", "currency", "min_price", "max_price", "in_stock")
    SELECT p."id", min(v."currency"), min(v."price_minor"), max(v."price_minor"), coalesce(bool_or(v."quantity" > 0), false)
    FROM "product" p LEFT JOIN "product_variant" v ON v."product_id" = p."id"
    WHERE p."id" = ANY (touched) GROUP BY p."id" ORDER BY p."id"
  ON CONFLICT ("product_id") DO UPDATE
    SET "currency" = excluded."currency", "min_price" = excluded."min_price",
        "max_price" = excluded."max_price", "in_stock" = excluded."in_stock"
    WHERE (pricing."currency", pricing."min_price", pricing."max_price", pricing."in_stock")
      IS DISTINCT FROM (excluded."currency", excluded."min_price", excluded."max_price", excluded."in_stock");
END $$;

CREATE FUNCTION "larder_refresh_rating"(touched INTEGER[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM "product" WHERE "id" = ANY (touched) ORDER BY "id" FOR NO KEY UPDATE;
  INSERT INTO "product_rating" AS rating ("product_id", "count", "average", "one", "two", "three", "four", "five")
    SELECT p."id", count(r."id"), sum(r."rating")::double precision / nullif(count(r."id"), 0),
      count(*) FILTER (WHERE r."rating" = 1), count(*) FILTER (WHERE r."rating" = 2), count(*) FILTER (WHERE r."rating" = 3),
      count(*) FILTER (WHERE r."rating" = 4), count(*) FILTER (WHERE r."rating" = 5)
    FROM "product" p LEFT JOIN "review" r ON r."product_id" = p."id"
    WHERE p."id" = ANY (touched) GROUP BY p."id" ORDER BY p."id"
  ON CONFLICT ("product_id") DO UPDATE
    SET "count" = excluded."count", "average" = excluded."average", "one" = excluded."one", "two" = excluded."two",
        "three" = excluded."three", "four" = excluded."four", "five" = excluded."five"
    WHERE (rating."one", rating."two", rating."three", rating."four", rating."five")
      IS DISTINCT FROM (excluded."one", excluded."two", excluded."three", excluded."four", excluded."five");
END $$;

CREATE FUNCTION "larder_refresh_search"(touched INTEGER[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM "product" WHERE "id" = ANY (touched) ORDER BY "id" FOR NO KEY UPDATE;
  INSERT INTO "product_search" AS search ("product_id", "document", "category_names")
    SELECT p."id",
      setweight(to_tsvector('simple', "larder_search_words"(p."title")), 'A')
        || setweight(to_tsvector('simple', "larder_search_words"(v.skus)), 'B')
        || setweight(to_tsvector('simple', "larder_search_words"(p."brand")), 'C')
        || to_tsvector('simple', "larder_search_words"(c.names))
        || to_tsvector('simple', "larder_search_words"(p."description")),
      to_tsvector('simple', "larder_search_words"(c.names))
    FROM "product" p
    LEFT JOIN LATERAL (SELECT string_agg(v."sku", ' ' ORDER BY v."id") AS skus
      FROM "product_variant" v WHERE v."product_id" = p."id") v ON true
    LEFT JOIN LATERAL (SELECT string_agg(c."name", ' ' ORDER BY c."id") AS names
      FROM "product_category" pc JOIN "category" c ON c."id" = pc."category_id" WHERE pc."product_id" = p."id") c ON true
    WHERE p."id" = ANY (touched) ORDER BY p."id"
  ON CONFLICT ("product_id") DO UPDATE
    SET "document" = excluded."document", "category_names" = excluded."category_names"
    WHERE (search."document", search."category_names") IS DISTINCT FROM (excluded."document", excluded."category_names");
END $$;

CREATE FUNCTION "larder_product_derived"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  touched INTEGER[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(n."id") INTO touched FROM new_rows n;
    PERFORM "larder_refresh_pricing"(touched), "larder_refresh_rating"(touched) WHERE touched IS NOT NULL;
  ELSE
    SELECT array_agg(n."id") INTO touched FROM new_rows n JOIN old_rows o ON o."id" = n."id"
      WHERE (n."title", n."brand", n."description") IS DISTINCT FROM (o."title", o."brand", o."description");
  END IF;
  PERFORM "larder_refresh_search"(touched) WHERE touched IS NOT NULL;
  RETURN NULL;
END $$;

CREATE FUNCTION "larder_variant_derived"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  priced INTEGER[];
  renamed INTEGER[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(DISTINCT n."product_id") INTO priced FROM new_rows n;
    renamed := priced;
  ELSIF TG_OP = 'DELETE' THEN
    SELECT array_agg(DISTINCT o."product_id") INTO priced FROM old_rows o;
    renamed := priced;
  ELSE
    SELECT array_agg(DISTINCT changed.id) INTO priced
      FROM new_rows n JOIN old_rows o ON o."id" = n."id"
      CROSS JOIN LATERAL (VALUES (n."product_id"), (o."product_id")) AS changed (id)
      WHERE (n."product_id", n."currency", n."price_minor", n."quantity" > 0)
        IS DISTINCT FROM (o."product_id", o."currency", o."price_minor", o."quantity" > 0);
    SELECT array_agg(DISTINCT changed.id) INTO renamed
      FROM new_rows n JOIN old_rows o ON o."id" = n."id"
      CROSS JOIN LATERAL (VALUES (n."product_id"), (o."product_id")) AS changed (id)
      WHERE (n."product_id", n."sku") IS DISTINCT FROM (o."product_id", o."sku");
  END IF;
  PERFORM "larder_refresh_pricing"(priced) WHERE priced IS NOT NULL;
  PERFORM "larder_refresh_search"(renamed) WHERE renamed IS NOT NULL;
  RETURN NULL;
END $$;

CREATE FUNCTION "larder_review_derived"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  touched INTEGER[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(DISTINCT n."product_id") INTO touched FROM new_rows n;
  ELSIF TG_OP = 'DELETE' THEN
    SELECT array_agg(DISTINCT o."product_id") INTO touched FROM old_rows o;
  ELSE
    SELECT array_agg(DISTINCT changed.id) INTO touched
      FROM new_rows n JOIN old_rows o ON o."id" = n."id"
      CROSS JOIN LATERAL (VALUES (n."product_id"), (o."product_id")) AS changed (id)
      WHERE (n."product_id", n."rating") IS DISTINCT FROM (o."product_id", o."rating");
  END IF;
  PERFORM "larder_refresh_rating"(touched) WHERE touched IS NOT NULL;
  RETURN NULL;
END $$;

CREATE FUNCTION "larder_membership_derived"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  touched INTEGER[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(DISTINCT n."product_id") INTO touched FROM new_rows n;
  ELSIF TG_OP = 'DELETE' THEN
    SELECT array_agg(DISTINCT o."product_id") INTO touched FROM old_rows o;
  ELSE
    SELECT array_agg(DISTINCT changed.id) INTO touched FROM (
      SELECT n."product_id" AS id FROM new_rows n UNION SELECT o."product_id" FROM old_rows o) AS changed;
  END IF;
  PERFORM "larder_refresh_search"(touched) WHERE touched IS NOT NULL;
  RETURN NULL;
END $$;

CREATE FUNCTION "larder_category_derived"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  touched INTEGER[];
BEGIN
  SELECT array_agg(DISTINCT pc."product_id") INTO touched
    FROM new_rows n JOIN old_rows o ON o."id" = n."id" JOIN "product_category" pc ON pc."category_id" = n."id"
    WHERE n."name" IS DISTINCT FROM o."name";
  PERFORM "larder_refresh_search"(touched) WHERE touched IS NOT NULL;
  RETURN NULL;
END $$;

CREATE TRIGGER "product_derived_insert" AFTER INSERT ON "product"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_product_derived"();
CREATE TRIGGER "product_derived_update" AFTER UPDATE ON "product"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_product_derived"();
CREATE TRIGGER "product_variant_derived_insert" AFTER INSERT ON "product_variant"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_variant_derived"();
CREATE TRIGGER "product_variant_derived_update" AFTER UPDATE ON "product_variant"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_variant_derived"();
CREATE TRIGGER "product_variant_derived_delete" AFTER DELETE ON "product_variant"
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_variant_derived"();
CREATE TRIGGER "review_derived_insert" AFTER INSERT ON "review"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_review_derived"();
CREATE TRIGGER "review_derived_update" AFTER UPDATE ON "review"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_review_derived"();
CREATE TRIGGER "review_derived_delete" AFTER DELETE ON "review"
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_review_derived"();
CREATE TRIGGER "product_category_derived_insert" AFTER INSERT ON "product_category"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_membership_derived"();
CREATE TRIGGER "product_category_derived_update" AFTER UPDATE ON "product_category"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_membership_derived"();
CREATE TRIGGER "product_category_derived_delete" AFTER DELETE ON "product_category"
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_membership_derived"();
CREATE TRIGGER "category_derived_update" AFTER UPDATE ON "category"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_category_derived"();

-- TRUNCATE tells no rows: everything derived from that table is computed anew.
CREATE FUNCTION "larder_truncate_derived"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  everything INTEGER[];
BEGIN
  SELECT array_agg("id") INTO everything FROM "product";
  IF everything IS NULL THEN
    RETURN NULL;
  END IF;
  PERFORM "larder_refresh_pricing"(everything) WHERE TG_TABLE_NAME = 'product_variant';
  PERFORM "larder_refresh_rating"(everything) WHERE TG_TABLE_NAME = 'review';
  PERFORM "larder_refresh_search"(everything) WHERE TG_TABLE_NAME IN ('product_variant', 'product_category');
  RETURN NULL;
END $$;

CREATE TRIGGER "product_variant_derived_truncate" AFTER TRUNCATE ON "product_variant"
  FOR EACH STATEMENT EXECUTE FUNCTION "larder_truncate_derived"();
CREATE TRIGGER "review_derived_truncate" AFTER TRUNCATE ON "review"
  FOR EACH STATEMENT EXECUTE FUNCTION "larder_truncate_derived"();
CREATE TRIGGER "product_category_derived_truncate" AFTER TRUNCATE ON "product_category"
  FOR EACH STATEMENT EXECUTE FUNCTION "larder_truncate_derived"();
