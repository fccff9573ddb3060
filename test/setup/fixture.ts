import type pg from 'pg'

/**
 * A small catalog in which every case occurs: a tree of categories, products of every status, without a price, without a
 * review, with equal titles, prices and times, in several currencies, and words that meet in every weighted part.
 */
export async function storeFixture(client: pg.Client): Promise<void> {
  await client.query(`
    INSERT INTO category (id, slug, name, description, parent_id, image) VALUES
      (1, 'clothing', 'Clothing', 'To wear', NULL, '{"url":"/pictures/top-10-0.svg","altText":"Clothes","width":800,"height":800}'),
      (2, 'shirts', 'Shirts', '', 1, NULL),
      (3, 'linen-shirts', 'Linen', '', 2, NULL),
      (4, 'kitchen', 'Kitchen', 'To cook', NULL, NULL),
      (5, 'mugs', 'Mugs', '', 4, NULL),
      (6, 'empty', 'Empty', '', NULL, NULL);
    INSERT INTO product (id, slug, title, description, description_html, brand, images, status, created_at, updated_at) VALUES
      (1, 'harbor-shirt', 'Harbor Shirt', 'A shirt for the sea', '<p>A shirt for the sea</p>', 'Nordvik',
        '[{"url":"/pictures/top-10-0.svg","altText":"Front","width":800,"height":800},{"url":"https://pictures.example/2.jpg"}]',
        'ACTIVE', '2026-01-01T10:00:00.001Z', '2026-01-02T10:00:00Z'),
      (2, 'meadow-shirt', 'Meadow Shirt', 'Green', '<p>Green</p>', 'Nordvik', '[]', 'ACTIVE', '2026-01-01T10:00:00.001Z', '2026-01-01T10:00:00Z'),
      (3, 'camp-mug', 'Camp Mug', 'Holds coffee, not a shirt', '', NULL, '[]', 'ACTIVE', '2026-02-01T00:00:00Z', '2026-02-01T00:00:00Z'),
      (4, 'secret-draft', 'Secret Draft', 'Not yet', '', 'Nordvik', '[]', 'DRAFT', '2026-03-01T00:00:00Z', '2026-03-01T00:00:00Z'),
      (5, 'old-shirt', 'Old Shirt', 'No more', '', 'Tallow', '[]', 'ARCHIVED', '2025-01-01T00:00:00Z', '2025-01-01T00:00:00Z'),
      (6, 'bare', 'Bare', 'Neither variants nor reviews', '', NULL, '[]', 'ACTIVE', '2026-01-15T00:00:00Z', '2026-01-15T00:00:00Z'),
      (7, 'cafe-cup', 'Café Cup', 'Élégant', '', 'Tallow', '[]', 'ACTIVE', '2026-01-20T00:00:00Z', '2026-01-20T00:00:00Z'),
      (8, 'twin-cup', 'Café Cup', 'The same title', '', 'Tallow', '[]', 'ACTIVE', '2026-01-21T00:00:00Z', '2026-01-21T00:00:00Z');
    INSERT INTO product_category (product_id, category_id, position) VALUES
      (1, 3, 0), (1, 2, 1), (2, 2, 0), (3, 5, 0), (4, 2, 0), (5, 2, 0), (7, 5, 0), (8, 4, 0), (8, 5, 1);
    INSERT INTO product_variant (id, product_id, sku, title, price_minor, currency, quantity, image, selected_options) VALUES
      (1, 1, 'HS-S', 'S', 4900, 'USD', 3, '{"url":"/pictures/top-20-0.svg"}', '[{"name":"Size","value":"S"}]'),
      (2, 1, 'HS-M', 'M', 5900, 'USD', 0, NULL, '[{"name":"Size","value":"M"}]'),
      (3, 2, 'MS-1', '', 4900, 'USD', 0, NULL, '[]'),
      (4, 3, 'MUG-1', '', 1200, 'EUR', 10, NULL, '[]'),
      (5, 4, 'SD-1', '', 100, 'USD', 1, NULL, '[]'),
      (6, 7, 'CUP-1', '', 1980, 'JPY', 5, NULL, '[]'),
      (7, 8, 'SHIRT', '', 4900, 'USD', 5, NULL, '[]');
    INSERT INTO review (id, product_id, rating, title, body, author, created_at) VALUES
      (1, 1, 5, 'Lovely', 'Fits well', 'Ada L.', '2026-03-01T00:00:00Z'),
      (2, 1, 4, 'Good', 'Bit long', 'Bo K.', '2026-03-02T00:00:00Z'),
      (3, 1, 4, 'Fine', '', 'Cy', '2026-03-02T00:00:00Z'),
      (4, 3, 1, 'Leaks', 'Everywhere', 'Di', '2026-03-04T00:00:00Z'),
      (5, 4, 5, 'Hidden', 'Nobody may read this', 'Ed', '2026-03-05T00:00:00Z'),
      (6, 7, 4, 'Nice', '', 'Fe', '2026-03-06T00:00:00Z');
    SELECT setval(pg_get_serial_sequence(t, 'id'), 1000) FROM unnest(ARRAY['category', 'product', 'product_variant', 'review']) AS t;
    DELETE FROM outbox;
  `)
}
