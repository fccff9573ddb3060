/** What is sold on a shelf: the words for it, what it can be chosen by, what it costs, and how it is drawn. */
export interface Shelf {
  readonly name: string
  readonly nouns: readonly string[]
  /** Material or make; a part of the title and of the description. */
  readonly makes: readonly string[]
  readonly options: readonly OptionName[]
  /** The cheapest and the dearest, in US dollars. */
  readonly price: readonly [number, number]
  readonly drawing: Drawing
}

export interface Aisle {
  readonly name: string
  readonly shelves: readonly Shelf[]
}

export interface Department {
  readonly name: string
  readonly about: string
  readonly aisles: readonly Aisle[]
}

export type Drawing =
  | 'top'
  | 'trousers'
  | 'shoe'
  | 'bag'
  | 'mug'
  | 'pan'
  | 'lamp'
  | 'chair'
  | 'book'
  | 'audio'
  | 'bottle'
  | 'ball'
  | 'tent'
  | 'plant'
  | 'toy'

export const optionValues = {
  Size: ['XS', 'S', 'M', 'L', 'XL'],
  Color: ['Black', 'Ecru', 'Moss', 'Navy', 'Rust', 'Slate', 'Plum'],
  Shoe: ['37', '38', '39', '40', '41', '42', '43', '44'],
  Volume: ['250 ml', '500 ml', '1 l'],
  Finish: ['Matte', 'Oiled', 'Brushed', 'Natural'],
  Format: ['Paperback', 'Hardcover'],
  Pack: ['1 pc', '3 pcs', '6 pcs'],
} as const
export type OptionName = keyof typeof optionValues

const textiles = ['Linen', 'Organic Cotton', 'Merino', 'Hemp', 'Brushed Cotton', 'Recycled Wool']
const woods = ['Oak', 'Ash', 'Walnut', 'Beech', 'Birch']
const metals = ['Steel', 'Enamel', 'Copper', 'Cast Iron', 'Brass']

function shelf(
  name: string,
  nouns: string,
  makes: readonly string[],
  options: readonly OptionName[],
  price: readonly [number, number],
  drawing: Drawing,
): Shelf {
  return { name, nouns: nouns.split(', '), makes, options, price, drawing }
}

/** The shop's tree: departments, aisles, shelves. The first of each are the ones with most products. */
export const departments: readonly Department[] = [
  {
    name: 'Clothing',
    about: 'Everyday pieces, cut to be worn for years.',
    aisles: [
      {
        name: 'Tops',
        shelves: [
          shelf('T-Shirts', 'Tee, Pocket Tee, Long Sleeve Tee, Boxy Tee', textiles, ['Size', 'Color'], [18, 49], 'top'),
          shelf(
            'Shirts',
            'Shirt, Overshirt, Camp Collar Shirt, Band Collar Shirt',
            textiles,
            ['Size', 'Color'],
            [39, 119],
            'top',
          ),
          shelf(
            'Knitwear',
            'Crew Neck Sweater, Cardigan, Rollneck, Fisherman Sweater',
            ['Merino', 'Lambswool', 'Alpaca', 'Recycled Wool'],
            ['Size', 'Color'],
            [59, 189],
            'top',
          ),
          shelf(
            'Hoodies',
            'Hoodie, Zip Hoodie, Half-Zip, Sweatshirt',
            ['Heavyweight Cotton', 'Loopback Cotton', 'Fleece'],
            ['Size', 'Color'],
            [45, 110],
            'top',
          ),
        ],
      },
      {
        name: 'Bottoms',
        shelves: [
          shelf(
            'Jeans',
            'Straight Jeans, Tapered Jeans, Wide Jeans',
            ['Raw Denim', 'Rinsed Denim', 'Stretch Denim'],
            ['Size', 'Color'],
            [69, 169],
            'trousers',
          ),
          shelf(
            'Trousers',
            'Chinos, Pleated Trousers, Work Trousers, Drawstring Trousers',
            textiles,
            ['Size', 'Color'],
            [55, 149],
            'trousers',
          ),
          shelf(
            'Shorts',
            'Shorts, Swim Shorts, Hiking Shorts',
            ['Cotton', 'Ripstop', 'Linen'],
            ['Size', 'Color'],
            [29, 79],
            'trousers',
          ),
        ],
      },
      {
        name: 'Outerwear',
        shelves: [
          shelf(
            'Jackets',
            'Chore Jacket, Rain Jacket, Bomber, Field Jacket',
            ['Waxed Cotton', 'Ripstop', 'Boiled Wool'],
            ['Size', 'Color'],
            [89, 320],
            'top',
          ),
          shelf(
            'Coats',
            'Car Coat, Duffle Coat, Parka, Trench',
            ['Melton Wool', 'Gabardine', 'Down'],
            ['Size', 'Color'],
            [159, 480],
            'top',
          ),
        ],
      },
    ],
  },
  {
    name: 'Kitchen',
    about: 'Tools that earn their place on the counter.',
    aisles: [
      {
        name: 'Cookware',
        shelves: [
          shelf('Pans', 'Frying Pan, Sauté Pan, Griddle, Crêpe Pan', metals, ['Finish'], [29, 210], 'pan'),
          shelf('Pots', 'Casserole, Stock Pot, Saucepan, Dutch Oven', metals, ['Volume', 'Color'], [39, 290], 'pan'),
        ],
      },
      {
        name: 'Tableware',
        shelves: [
          shelf(
            'Mugs',
            'Mug, Espresso Cup, Latte Bowl, Camp Mug',
            ['Stoneware', 'Porcelain', 'Enamel', 'Glass'],
            ['Color', 'Pack'],
            [9, 45],
            'mug',
          ),
          shelf(
            'Bowls',
            'Bowl, Serving Bowl, Ramen Bowl',
            ['Stoneware', 'Olive Wood', 'Porcelain'],
            ['Color', 'Pack'],
            [12, 79],
            'mug',
          ),
          shelf(
            'Glasses',
            'Tumbler, Carafe, Wine Glass',
            ['Recycled Glass', 'Borosilicate', 'Hand-Blown Glass'],
            ['Pack'],
            [8, 64],
            'bottle',
          ),
        ],
      },
      {
        name: 'Drinks',
        shelves: [
          shelf(
            'Coffee Makers',
            'Pour-Over Set, Moka Pot, French Press, Cold Brew Jar',
            ['Glass', 'Steel', 'Ceramic'],
            ['Volume'],
            [24, 129],
            'mug',
          ),
          shelf(
            'Bottles',
            'Water Bottle, Thermos, Carafe',
            ['Steel', 'Recycled Glass', 'Bamboo'],
            ['Volume', 'Color'],
            [15, 48],
            'bottle',
          ),
        ],
      },
    ],
  },
  {
    name: 'Home',
    about: 'Furniture and light for rooms that are lived in.',
    aisles: [
      {
        name: 'Furniture',
        shelves: [
          shelf(
            'Chairs',
            'Dining Chair, Lounge Chair, Stool, Rocking Chair',
            woods,
            ['Finish', 'Color'],
            [89, 690],
            'chair',
          ),
          shelf('Tables', 'Side Table, Desk, Coffee Table, Bench', woods, ['Finish'], [119, 980], 'chair'),
        ],
      },
      {
        name: 'Lighting',
        shelves: [
          shelf(
            'Table Lamps',
            'Table Lamp, Reading Lamp, Task Lamp',
            ['Brass', 'Paper', 'Opal Glass', 'Ceramic'],
            ['Color'],
            [45, 240],
            'lamp',
          ),
          shelf(
            'Pendants',
            'Pendant, Cluster Pendant, Dome Pendant',
            ['Rattan', 'Spun Steel', 'Opal Glass'],
            ['Color', 'Finish'],
            [69, 390],
            'lamp',
          ),
        ],
      },
      {
        name: 'Plants',
        shelves: [
          shelf(
            'House Plants',
            'Monstera, Rubber Plant, Snake Plant, Olive Tree, Fern',
            ['Potted', 'Young', 'Tall'],
            ['Pack'],
            [14, 129],
            'plant',
          ),
          shelf(
            'Planters',
            'Planter, Hanging Pot, Window Box',
            ['Terracotta', 'Fibre Stone', 'Zinc'],
            ['Color'],
            [12, 95],
            'plant',
          ),
        ],
      },
    ],
  },
  {
    name: 'Outdoor',
    about: 'Light gear for short trips and long ones.',
    aisles: [
      {
        name: 'Camping',
        shelves: [
          shelf(
            'Tents',
            'One-Person Tent, Dome Tent, Tunnel Tent, Tarp',
            ['Silnylon', 'Ripstop', 'Canvas'],
            ['Color'],
            [99, 620],
            'tent',
          ),
          shelf(
            'Camp Kitchen',
            'Stove, Cook Set, Fire Grate',
            ['Titanium', 'Steel', 'Aluminium'],
            ['Pack'],
            [25, 149],
            'pan',
          ),
        ],
      },
      {
        name: 'Footwear',
        shelves: [
          shelf(
            'Hiking Boots',
            'Hiking Boot, Trail Shoe, Approach Shoe',
            ['Leather', 'Suede', 'Mesh'],
            ['Shoe', 'Color'],
            [79, 260],
            'shoe',
          ),
          shelf('Sandals', 'Sandal, Slide, Clog', ['Leather', 'Cork', 'Recycled Rubber'], ['Shoe'], [29, 110], 'shoe'),
        ],
      },
      {
        name: 'Carry',
        shelves: [
          shelf(
            'Backpacks',
            'Daypack, Rolltop, Trekking Pack',
            ['Canvas', 'Ripstop', 'Waxed Cotton'],
            ['Color'],
            [49, 239],
            'bag',
          ),
          shelf(
            'Bags',
            'Tote, Duffel, Crossbody, Weekender',
            ['Canvas', 'Leather', 'Hemp'],
            ['Color'],
            [25, 290],
            'bag',
          ),
        ],
      },
    ],
  },
  {
    name: 'Sound',
    about: 'Things to hear with, built to be repaired.',
    aisles: [
      {
        name: 'Listening',
        shelves: [
          shelf(
            'Headphones',
            'Headphones, Studio Headphones, Travel Headphones',
            ['Open-Back', 'Closed-Back', 'Wireless'],
            ['Color'],
            [59, 420],
            'audio',
          ),
          shelf(
            'Speakers',
            'Bookshelf Speaker, Pocket Speaker, Radio',
            ['Walnut', 'Felt', 'Aluminium'],
            ['Color'],
            [45, 590],
            'audio',
          ),
        ],
      },
    ],
  },
  {
    name: 'Play',
    about: 'For children, and for those who still like to.',
    aisles: [
      {
        name: 'Toys',
        shelves: [
          shelf('Building', 'Block Set, Marble Run, Train Set', woods, ['Pack'], [15, 120], 'toy'),
          shelf(
            'Balls',
            'Football, Juggling Ball, Beach Ball',
            ['Leather', 'Natural Rubber', 'Felt'],
            ['Color', 'Pack'],
            [9, 60],
            'ball',
          ),
        ],
      },
      {
        name: 'Books',
        shelves: [
          shelf(
            'Picture Books',
            'Picture Book, Counting Book, Bedtime Book',
            ['Illustrated', 'Fold-Out', 'Read-Aloud'],
            ['Format'],
            [9, 29],
            'book',
          ),
          shelf(
            'Cookbooks',
            'Cookbook, Baking Book, Preserving Book',
            ['Seasonal', 'Weeknight', 'Slow'],
            ['Format'],
            [15, 49],
            'book',
          ),
        ],
      },
    ],
  },
]

/** Invented makers. The first ones make most of what is sold. */
export const brands: readonly string[] = [
  'Harrow & Finch',
  'Nordvik',
  'Tallow',
  'Fernweg',
  'Osier',
  'Kilnhouse',
  'Brightwater',
  'Maren',
  'Lowland Supply',
  'Ebb',
  'Stonecrop',
  'Pellworm',
  'Quillmark',
  'Tern & Tide',
  'Alder Row',
  'Copperlane',
  'Dovetail Works',
  'Sund',
  'Hollis Field',
  'Marrow',
  'Veld',
  'Greywether',
  'Oxbow',
  'Lumen Yard',
  'Petrichor',
  'Saltmarsh',
  'Wren & Co',
  'Yarrow',
]

/** Names of single models, a part of the title. */
export const models: readonly string[] = [
  'Harbor',
  'Juniper',
  'Solstice',
  'Meadow',
  'Atlas',
  'Cove',
  'Ember',
  'Fjord',
  'Granite',
  'Hazel',
  'Indigo',
  'Larch',
  'Mistral',
  'North',
  'Orchard',
  'Prairie',
  'Quarry',
  'Ridge',
  'Sable',
  'Thicket',
  'Umber',
  'Vale',
  'Willow',
  'Zephyr',
  'Aspen',
  'Birch',
  'Cinder',
  'Dune',
  'Estuary',
  'Field',
  'Grove',
  'Heath',
  'Isle',
  'Kestrel',
  'Lagoon',
  'Moor',
]
