-- The catalog's tables, and every rule that protects their data whoever writes it.
-- Text that people read in order is collated by ICU's root rules, so that A to Z means the same on every server.

CREATE TYPE "ProductStatus" AS ENUM ('ACTIVE', 'DRAFT', 'ARCHIVED');

CREATE TABLE "category" (
  "id" SERIAL NOT NULL,
  "slug" TEXT COLLATE "C" NOT NULL,
  "name" TEXT COLLATE "und-x-icu" NOT NULL,
  "description" TEXT NOT NULL DEFAULT '',
  "image" JSONB,
  "parent_id" INTEGER,
  "version" INTEGER NOT NULL DEFAULT 1,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "category_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "category_slug_shape" CHECK ("slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length("slug") <= 200),
  CONSTRAINT "category_name_length" CHECK (length("name") BETWEEN 1 AND 255),
  CONSTRAINT "category_image_shape" CHECK ("image" IS NULL OR jsonb_typeof("image") = 'object')
);

CREATE TABLE "product" (
  "id" SERIAL NOT NULL,
  "slug" TEXT COLLATE "C" NOT NULL,
  "title" TEXT COLLATE "und-x-icu" NOT NULL,
  "description_html" TEXT NOT NULL DEFAULT '',
  "description" TEXT NOT NULL DEFAULT '',
  "brand" TEXT,
  "images" JSONB NOT NULL DEFAULT '[]',
  "status" "ProductStatus" NOT NULL DEFAULT 'ACTIVE',
  "version" INTEGER NOT NULL DEFAULT 1,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "product_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "product_slug_shape" CHECK ("slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length("slug") <= 200),
  CONSTRAINT "product_title_length" CHECK (length("title") BETWEEN 1 AND 255),
  CONSTRAINT "product_brand_length" CHECK (length("brand") BETWEEN 1 AND 255),
  CONSTRAINT "product_images_shape" CHECK (jsonb_typeof("images") = 'array' AND jsonb_array_length("images") <= 50)
);

CREATE TABLE "product_category" (
  "product_id" INTEGER NOT NULL,
  "category_id" INTEGER NOT NULL,
  "position" INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT "product_category_pkey" PRIMARY KEY ("product_id", "category_id")
);

CREATE TABLE "product_variant" (
  "id" SERIAL NOT NULL,
  "product_id" INTEGER NOT NULL,
  "sku" TEXT COLLATE "C" NOT NULL,
  "title" TEXT NOT NULL DEFAULT '',
  "price_minor" BIGINT NOT NULL,
  "currency" TEXT COLLATE "C" NOT NULL,
  "quantity" INTEGER NOT NULL DEFAULT 0,
  "image" JSONB,
  "selected_options" JSONB NOT NULL DEFAULT '[]',
  "version" INTEGER NOT NULL DEFAULT 1,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "product_variant_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "product_variant_sku_length" CHECK (length("sku") BETWEEN 1 AND 100),
  -- one way to write each sku, so that a lookup may normalize what it is given
  CONSTRAINT "product_variant_sku_form" CHECK ("sku" IS NFC NORMALIZED),
  CONSTRAINT "product_variant_title_length" CHECK (length("title") <= 255),
  -- the upper bound is 2^53 - 1, the largest amount that every client can hold exactly
  CONSTRAINT "product_variant_price_range" CHECK ("price_minor" BETWEEN 1 AND 9007199254740991),
  CONSTRAINT "product_variant_currency_shape" CHECK ("currency" ~ '^[A-Z]{3}$'),
  CONSTRAINT "product_variant_quantity_range" CHECK ("quantity" >= 0),
  CONSTRAINT "product_variant_image_shape" CHECK ("image" IS NULL OR jsonb_typeof("image") = 'object'),
  CONSTRAINT "product_variant_options_shape" CHECK (jsonb_typeof("selected_options") = 'array')
);

CREATE TABLE "review" (
  "id" SERIAL NOT NULL,
  "product_id" INTEGER NOT NULL,
  "rating" INTEGER NOT NULL,
  "title" TEXT NOT NULL,
  "body" TEXT NOT NULL,
  "author" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "review_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "review_rating_range" CHECK ("rating" BETWEEN 1 AND 5),
  CONSTRAINT "review_title_length" CHECK (length("title") <= 255),
  CONSTRAINT "review_body_length" CHECK (length("body") <= 10000),
  CONSTRAINT "review_author_length" CHECK (length("author") BETWEEN 1 AND 255)
);

CREATE UNIQUE INDEX "category_slug_key" ON "category"("slug");
CREATE INDEX "category_parent_id_name_id_idx" ON "category"("parent_id", "name", "id");
CREATE UNIQUE INDEX "product_slug_key" ON "product"("slug");
CREATE INDEX "product_created_at_id_idx" ON "product"("created_at" DESC, "id");
CREATE INDEX "product_title_id_idx" ON "product"("title", "id");
CREATE INDEX "product_status_created_at_id_idx" ON "product"("status", "created_at" DESC, "id");
CREATE INDEX "product_brand_created_at_id_idx" ON "product"("brand", "created_at" DESC, "id");
CREATE INDEX "product_category_category_id_product_id_idx" ON "product_category"("category_id", "product_id");
CREATE UNIQUE INDEX "product_variant_sku_key" ON "product_variant"("sku");
CREATE INDEX "product_variant_product_id_id_idx" ON "product_variant"("product_id", "id");
CREATE INDEX "product_variant_currency_price_minor_product_id_idx" ON "product_variant"("currency", "price_minor", "product_id");
CREATE INDEX "review_product_id_created_at_id_idx" ON "review"("product_id", "created_at" DESC, "id");
CREATE INDEX "review_product_id_rating_id_idx" ON "review"("product_id", "rating" DESC, "id");

ALTER TABLE "category" ADD CONSTRAINT "category_parent_id_fkey"
  FOREIGN KEY ("parent_id") REFERENCES "category"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "product_category" ADD CONSTRAINT "product_category_product_id_fkey"
  FOREIGN KEY ("product_id") REFERENCES "product"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "product_category" ADD CONSTRAINT "product_category_category_id_fkey"
  FOREIGN KEY ("category_id") REFERENCES "category"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "product_variant" ADD CONSTRAINT "product_variant_product_id_fkey"
  FOREIGN KEY ("product_id") REFERENCES "product"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "review" ADD CONSTRAINT "review_product_id_fkey"
  FOREIGN KEY ("product_id") REFERENCES "product"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- A row's version rises by one and its time moves whenever one of its values really changes, by whatever hand.
CREATE FUNCTION "larder_raise_version"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."version" := OLD."version";
  NEW."updated_at" := OLD."updated_at";
  IF NEW IS DISTINCT FROM OLD THEN
    NEW."version" := OLD."version" + 1;
    NEW."updated_at" := statement_timestamp();
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION "larder_raise_updated_at"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."updated_at" := OLD."updated_at";
  IF NEW IS DISTINCT FROM OLD THEN
    NEW."updated_at" := statement_timestamp();
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER "category_version" BEFORE UPDATE ON "category" FOR EACH ROW EXECUTE FUNCTION "larder_raise_version"();
CREATE TRIGGER "product_version" BEFORE UPDATE ON "product" FOR EACH ROW EXECUTE FUNCTION "larder_raise_version"();
CREATE TRIGGER "product_variant_version" BEFORE UPDATE ON "product_variant" FOR EACH ROW EXECUTE FUNCTION "larder_raise_version"();
CREATE TRIGGER "review_updated_at" BEFORE UPDATE ON "review" FOR EACH ROW EXECUTE FUNCTION "larder_raise_updated_at"();

-- The tree: no cycle, 20 levels at most, 250 children at most.
-- Two moves that cross would each pass a check of their own, so every change of a parent first changes this one row:
-- the second waits for the first to commit and is then checked against what it did (or, under a snapshot older than
-- that, fails to serialize and is tried again).
CREATE TABLE "category_tree" (
  "id" INTEGER NOT NULL DEFAULT 1,
  "moves" BIGINT NOT NULL DEFAULT 0,
  CONSTRAINT "category_tree_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "category_tree_one_row" CHECK ("id" = 1)
);
INSERT INTO "category_tree" DEFAULT VALUES;

CREATE FUNCTION "larder_check_category_tree"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  moved INTEGER[];
  broken INTEGER;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    SELECT array_agg(n."id") INTO moved FROM new_rows n JOIN old_rows o ON o."id" = n."id"
      WHERE n."parent_id" IS DISTINCT FROM o."parent_id" AND n."parent_id" IS NOT NULL;
  ELSE
    SELECT array_agg(n."id") INTO moved FROM new_rows n WHERE n."parent_id" IS NOT NULL;
  END IF;
  IF moved IS NULL THEN
    RETURN NULL;
  END IF;

  UPDATE "category_tree" SET "moves" = "moves" + 1;

  -- a cycle that does not pass through the moved category itself cannot arise from this move; the bound ends the walk all the same
  WITH RECURSIVE up AS (
    SELECT c."id" AS start, c."parent_id", 1 AS level FROM "category" c WHERE c."id" = ANY (moved)
    UNION ALL
    SELECT up.start, c."parent_id", up.level + 1 FROM up JOIN "category" c ON c."id" = up."parent_id"
    WHERE up.level <= 1000 AND up."parent_id" <> up.start
  )
  SELECT up.start INTO broken FROM up WHERE up."parent_id" = up.start OR up.level > 1000 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'category % cannot be placed below itself', broken
      USING ERRCODE = 'check_violation', CONSTRAINT = 'category_tree_acyclic', TABLE = 'category';
  END IF;

  WITH RECURSIVE up AS (
    SELECT c."id" AS start, c."parent_id", 1 AS level FROM "category" c WHERE c."id" = ANY (moved)
    UNION ALL
    SELECT up.start, c."parent_id", up.level + 1 FROM up JOIN "category" c ON c."id" = up."parent_id"
  ), down AS (
    SELECT u.start, u.start AS id, u.level FROM (SELECT start, max(level) AS level FROM up GROUP BY start) u
    UNION ALL
    SELECT down.start, c."id", down.level + 1 FROM down JOIN "category" c ON c."parent_id" = down.id
  )
  SELECT down.start INTO broken FROM down WHERE down.level > 20 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'category % would make the tree deeper than 20 levels', broken
      USING ERRCODE = 'check_violation', CONSTRAINT = 'category_tree_depth', TABLE = 'category';
  END IF;

  SELECT c."parent_id" INTO broken FROM "category" c
    WHERE c."parent_id" IN (SELECT p."parent_id" FROM "category" p WHERE p."id" = ANY (moved))
    GROUP BY c."parent_id" HAVING count(*) > 250 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'category % would have more than 250 children', broken
      USING ERRCODE = 'check_violation', CONSTRAINT = 'category_tree_width', TABLE = 'category';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER "category_tree_insert" AFTER INSERT ON "category"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_check_category_tree"();
CREATE TRIGGER "category_tree_update" AFTER UPDATE ON "category"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_check_category_tree"();

-- A product lies in 50 categories at most. Its row is locked, so that two additions cannot both be the fiftieth.
CREATE FUNCTION "larder_check_product_categories"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  touched INTEGER[];
  broken INTEGER;
BEGIN
  SELECT array_agg(DISTINCT n."product_id") INTO touched FROM new_rows n;
  IF touched IS NULL THEN
    RETURN NULL;
  END IF;
  PERFORM 1 FROM "product" WHERE "id" = ANY (touched) ORDER BY "id" FOR NO KEY UPDATE;
  SELECT pc."product_id" INTO broken FROM "product_category" pc WHERE pc."product_id" = ANY (touched)
    GROUP BY pc."product_id" HAVING count(*) > 50 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'product % would lie in more than 50 categories', broken
      USING ERRCODE = 'check_violation', CONSTRAINT = 'product_category_count', TABLE = 'product_category';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER "product_category_count_insert" AFTER INSERT ON "product_category"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_check_product_categories"();
CREATE TRIGGER "product_category_count_update" AFTER UPDATE ON "product_category"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_check_product_categories"();
