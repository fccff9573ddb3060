-- What PostGraphile's own conditions cannot say, as its documentation recommends: functions that it makes fields of.

CREATE FUNCTION "products_by_ids"(ids INTEGER[]) RETURNS SETOF "product" LANGUAGE sql STABLE AS $$
  SELECT p.* FROM unnest(ids) WITH ORDINALITY AS wanted (id, place)
  JOIN "product" p ON p."id" = wanted.id WHERE p."status" = 'ACTIVE' ORDER BY wanted.place
$$;

CREATE FUNCTION "category_newest_products"(c "category") RETURNS SETOF "product" LANGUAGE sql STABLE AS $$
  SELECT p.* FROM "product_category" pc JOIN "product" p ON p."id" = pc."product_id"
  WHERE pc."category_id" = c."id" AND p."status" = 'ACTIVE' ORDER BY p."created_at" DESC, p."id"
$$;
