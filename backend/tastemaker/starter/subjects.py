"""What a starter can draw, and the words that ordinary people use for it.

A subject is one glyph of Noto Color Emoji, found by its Unicode CLDR short name. Its first word is
the name that captions use most; the others are synonyms from CLDR keywords and common sense. A word
belongs to one subject only. Knows words, never pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_FAMILIAR = """
dog face: dog, puppy, pup, doggy, hound | cat face: cat, kitten, kitty, pussycat
mouse face: mouse | rabbit face: rabbit, bunny, hare | fox: fox | bear: bear, grizzly, bear cub
panda: panda, panda bear | koala: koala, koala bear | tiger face: tiger, tiger cub
lion: lion, lion cub | cow face: cow, calf | pig face: pig, piglet, piggy | frog: frog, toad
monkey face: monkey, chimp, ape | chicken: chicken, hen | penguin: penguin
baby chick: chick, baby chick, little yellow bird | duck: duck, duckling, mallard | owl: owl
unicorn: unicorn | honeybee: bee, honeybee, bumblebee | butterfly: butterfly | snail: snail
lady beetle: ladybug, ladybird, lady beetle | turtle: turtle, tortoise | octopus: octopus
crab: crab | tropical fish: fish, tropical fish, goldfish | spouting whale: whale | shark: shark
elephant: elephant | giraffe: giraffe | horse face: horse, pony, foal | flamingo: flamingo
dragon face: dragon | sauropod: dinosaur, dino, sauropod | red apple: apple, red apple
green apple: green apple | banana: banana | grapes: grapes, bunch of grapes
watermelon: watermelon, watermelon slice | strawberry: strawberry
cherries: cherry, pair of cherries | lemon: lemon | tangerine: tangerine, mandarin, orange
peach: peach | pear: pear | pineapple: pineapple | avocado: avocado | tomato: tomato
carrot: carrot | ear of corn: corn, ear of corn, maize | mushroom: mushroom, toadstool
pizza: pizza, slice of pizza | hamburger: hamburger, burger, cheeseburger
french fries: french fries, fries | bread: bread, loaf of bread
cheese wedge: cheese, piece of cheese | cookie: cookie, biscuit | doughnut: doughnut, donut
birthday cake: cake, birthday cake | soft ice cream: ice cream, ice cream cone
hot beverage: coffee, cup of coffee, cup of tea | beer mug: beer, mug of beer
automobile: car, automobile, red car | taxi: taxi, cab | bus: bus, coach
fire engine: fire truck, fire engine | bicycle: bicycle, bike
locomotive: train, locomotive, steam train | airplane: airplane, plane, aeroplane
helicopter: helicopter | rocket: rocket, spaceship | flying saucer: ufo, flying saucer
sailboat: sailboat, boat, yacht | cactus: cactus | palm tree: palm tree, palm
evergreen tree: pine tree, evergreen tree, fir tree | deciduous tree: tree, oak
sunflower: sunflower | rose: rose | tulip: tulip, flower
four leaf clover: four leaf clover, clover | sun: sun | crescent moon: moon, crescent moon
star: star | cloud: cloud | rainbow: rainbow | snowflake: snowflake
snowman without snow: snowman | high voltage: lightning bolt, lightning | umbrella: umbrella
fire: fire, flame | globe showing Europe-Africa: earth, globe, planet earth
red heart: heart, red heart | balloon: balloon, red balloon
wrapped gift: gift, present, gift box | soccer ball: soccer ball, football
basketball: basketball | guitar: guitar | trophy: trophy, gold cup | crown: crown | key: key
bell: bell | light bulb: light bulb, bulb, lightbulb | gem stone: diamond, gem, gemstone
house: house, home, cottage | castle: castle | alarm clock: alarm clock, clock
robot: robot, android | ghost: ghost | alien: alien, extraterrestrial | skull: skull
jack-o-lantern: pumpkin, jack-o-lantern | Christmas tree: christmas tree, xmas tree
teddy bear: teddy bear, teddy
grinning face with big eyes: happy face, smiley, smiley face, smile
smiling face with sunglasses: cool face, face with sunglasses | crying face: sad face, crying face
enraged face: angry face, mad face
"""

_COMMON = """
dog: whole dog, walking dog | poodle: poodle | wolf: wolf | cat: sitting cat, walking cat
black cat: black cat | raccoon: raccoon | leopard: leopard, cheetah, jaguar
horse: galloping horse, running horse, stallion | zebra: zebra | deer: deer, stag, reindeer
moose: moose, elk | bison: bison, buffalo | ox: ox, bull | goat: goat | ewe: sheep, lamb
ram: ram | pig: whole pig, standing pig | boar: boar, wild boar | camel: camel, dromedary
llama: llama, alpaca | mammoth: mammoth | rhinoceros: rhino, rhinoceros
hippopotamus: hippo, hippopotamus | mouse: rodent, gray mouse | rat: rat | hamster: hamster
chipmunk: squirrel, chipmunk | beaver: beaver | hedgehog: hedgehog, porcupine | bat: bat
polar bear: polar bear, white bear | sloth: sloth | otter: otter | skunk: skunk
kangaroo: kangaroo, wallaby | badger: badger | gorilla: gorilla | orangutan: orangutan
monkey: hanging monkey, whole monkey | turkey: turkey | rooster: rooster, cock
hatching chick: hatching chick, newborn chick | bird: bird, sparrow | dove: dove, white dove
eagle: eagle, hawk | swan: swan | goose: goose | parrot: parrot, macaw | peacock: peacock
dodo: dodo | black bird: crow, raven, blackbird | phoenix: phoenix, firebird | feather: feather
crocodile: crocodile, alligator | lizard: lizard, gecko | snake: snake, serpent, cobra
dragon: green dragon, chinese dragon | T-Rex: t-rex, tyrannosaurus
whale: blue whale, humpback whale | dolphin: dolphin
seal: seal, sea lion | fish: blue fish, carp | blowfish: pufferfish, blowfish
spiral shell: shell, seashell, conch | coral: coral | jellyfish: jellyfish | shrimp: shrimp, prawn
squid: squid | lobster: lobster | oyster: oyster, pearl | bug: caterpillar, bug | ant: ant
beetle: beetle, scarab | cricket: cricket, grasshopper | spider: spider, tarantula
spider web: spider web, cobweb | scorpion: scorpion | mosquito: mosquito | fly: housefly, fly
worm: worm, earthworm | bouquet: bouquet, bunch of flowers
cherry blossom: cherry blossom, sakura | lotus: lotus, water lily | hibiscus: hibiscus
blossom: yellow flower, blossom, daisy | hyacinth: hyacinth, lavender | seedling: seedling, sprout
potted plant: potted plant, houseplant, plant | herb: herb, leafy herb | shamrock: shamrock
maple leaf: maple leaf, autumn leaf | fallen leaf: fallen leaf, brown leaves
leaf fluttering in wind: leaf, green leaf | brown mushroom: brown mushroom, champignon
melon: melon, cantaloupe | lime: lime | mango: mango | blueberries: blueberry, blueberries
kiwi fruit: kiwi, kiwi fruit | olive: olive | coconut: coconut | eggplant: eggplant, aubergine
potato: potato | hot pepper: chili, chili pepper, hot pepper | bell pepper: bell pepper, paprika
cucumber: cucumber | leafy green: lettuce, cabbage | broccoli: broccoli | garlic: garlic
onion: onion | peanuts: peanut, peanuts | chestnut: chestnut, acorn | pea pod: peas, pea pod
croissant: croissant | baguette bread: baguette, french bread | pretzel: pretzel | bagel: bagel
pancakes: pancake, stack of pancakes | waffle: waffle | meat on bone: meat, meat on a bone
poultry leg: chicken leg, drumstick | cut of meat: steak, beef | bacon: bacon | hot dog: hot dog
sandwich: sandwich | taco: taco | burrito: burrito, wrap | egg: egg | cooking: fried egg
shallow pan of food: paella, pan of food | pot of food: stew, pot of soup
green salad: salad, bowl of salad | popcorn: popcorn | butter: butter | salt: salt
cooked rice: rice, bowl of rice | steaming bowl: noodles, ramen, bowl of noodles
spaghetti: spaghetti, pasta | sushi: sushi | fried shrimp: fried shrimp | dumpling: dumpling
ice cream: bowl of ice cream, sundae | shortcake: shortcake, piece of cake, slice of cake
cupcake: cupcake, muffin | pie: pie | chocolate bar: chocolate, chocolate bar
candy: candy, sweet, bonbon | lollipop: lollipop | custard: pudding, custard, flan
honey pot: honey, pot of honey | baby bottle: baby bottle | glass of milk: milk, glass of milk
teapot: teapot | wine glass: wine, glass of wine | cocktail glass: cocktail, martini
tropical drink: tropical drink, juice | bubble tea: bubble tea, boba
cup with straw: soda, cup with a straw, lemonade | fork and knife: fork and knife, cutlery
spoon: spoon | kitchen knife: knife, kitchen knife | amphora: amphora, vase
world map: world map, map | compass: compass | volcano: volcano | camping: campsite
desert island: desert island, island | classical building: temple, museum | hut: hut
office building: office building, office | hospital: hospital | school: school | factory: factory
Japanese castle: japanese castle, pagoda | church: church, chapel | mosque: mosque
fountain: fountain | tent: tent | ferris wheel: ferris wheel | roller coaster: roller coaster
circus tent: circus tent, circus | ambulance: ambulance | police car: police car
sport utility vehicle: suv, jeep | pickup truck: pickup truck, pickup
delivery truck: truck, delivery truck, van | articulated lorry: lorry | tractor: tractor
racing car: racing car, race car, formula one car | motorcycle: motorcycle, motorbike
motor scooter: scooter, moped | kick scooter: kick scooter | skateboard: skateboard
roller skate: roller skate | fuel pump: fuel pump, petrol pump | wheel: wheel, tire
vertical traffic light: traffic light | anchor: anchor | ring buoy: life ring, lifebuoy
canoe: canoe, kayak | speedboat: speedboat, motorboat | passenger ship: cruise ship
ship: ship, steamship | small airplane: small airplane, propeller plane | parachute: parachute
satellite: satellite | hourglass done: hourglass | watch: watch, wristwatch | full moon: full moon
sun with face: sun with a face, smiling sun | ringed planet: planet, saturn
glowing star: shining star, glowing star | shooting star: shooting star, falling star
cloud with rain: rain cloud, rain | cloud with lightning: thundercloud, storm cloud
cloud with snow: snow cloud | tornado: tornado, whirlwind | droplet: drop, drop of water, droplet
water wave: wave, big wave | comet: comet | fireworks: fireworks | sparkles: sparkles, glitter
party popper: party popper, confetti | ribbon: bow, pink ribbon | sports medal: medal, gold medal
baseball: baseball | volleyball: volleyball | rugby football: rugby ball
tennis: tennis racket, tennis | flying disc: frisbee | bowling: bowling ball
ping pong: table tennis, ping pong | boxing glove: boxing glove | bullseye: dartboard, target
kite: kite | yo-yo: yo-yo | crystal ball: crystal ball | magic wand: magic wand, wand
video game: gamepad, game controller | joystick: joystick | game die: dice, die
puzzle piece: puzzle piece, jigsaw | piñata: piñata | nesting dolls: nesting doll, matryoshka
chess pawn: pawn, chess piece | artist palette: palette, paint palette
thread: thread, spool of thread | yarn: yarn, ball of yarn | glasses: glasses, spectacles
sunglasses: sunglasses | necktie: tie, necktie | t-shirt: t-shirt, shirt | jeans: jeans, trousers
scarf: scarf | gloves: gloves, mittens | coat: coat, jacket | socks: socks | dress: dress, gown
kimono: kimono | shorts: shorts | bikini: bikini | purse: purse | handbag: handbag
backpack: backpack, rucksack | running shoe: sneaker, running shoe
hiking boot: boot, hiking boot | high-heeled shoe: high heel, high heels | top hat: top hat, hat
graduation cap: graduation cap | billed cap: cap, baseball cap | lipstick: lipstick
ring: ring, diamond ring | megaphone: megaphone | musical note: note, musical note
microphone: microphone | headphone: headphones | radio: radio | saxophone: saxophone
accordion: accordion | musical keyboard: piano, keyboard instrument | trumpet: trumpet
violin: violin, fiddle | banjo: banjo | drum: drum | maracas: maracas | flute: flute
mobile phone: phone, smartphone, mobile phone | telephone: telephone
laptop: laptop, notebook computer | desktop computer: computer, monitor | printer: printer
computer mouse: computer mouse | floppy disk: floppy disk
movie camera: movie camera, film camera | television: television, tv | camera: camera
magnifying glass tilted left: magnifying glass, loupe | candle: candle
flashlight: torch, flashlight | red paper lantern: lantern, paper lantern
books: stack of books, books | open book: open book | closed book: book, red book | scroll: scroll
newspaper: newspaper | money bag: money bag, bag of money | coin: coin, gold coin
envelope: letter, envelope, mail | package: parcel, package, cardboard box | pencil: pencil
fountain pen: fountain pen | paintbrush: paintbrush, brush | crayon: crayon | briefcase: briefcase
calendar: calendar | pushpin: pushpin, pin | paperclip: paperclip | straight ruler: ruler
scissors: scissors | wastebasket: trash can, wastebasket | locked: padlock, lock
old key: old key | hammer: hammer | axe: axe, hatchet | crossed swords: crossed swords, swords
dagger: dagger | bomb: bomb | boomerang: boomerang | shield: shield | screwdriver: screwdriver
wrench: wrench, spanner | gear: gear, cog | magnet: magnet | ladder: ladder | toolbox: toolbox
alembic: alembic, distillery | test tube: test tube | microscope: microscope
telescope: telescope | syringe: syringe | pill: pill, capsule | door: door | mirror: mirror
window: window | bed: bed | couch and lamp: couch, sofa | chair: chair | toilet: toilet
shower: shower | bathtub: bathtub | broom: broom | basket: basket, laundry basket | bucket: bucket
soap: soap | toothbrush: toothbrush | sponge: sponge | shopping cart: shopping cart
moai: moai, stone head | Statue of Liberty: statue of liberty | mountain: mountain peak
mount fuji: mount fuji | bridge at night: bridge | clown face: clown
vampire: vampire | zombie: zombie | mermaid: mermaid | fairy: fairy | genie: genie
Santa Claus: santa claus, santa, father christmas | princess: princess | prince: prince
ninja: ninja | astronaut: astronaut, spaceman | baby: baby, infant | ogre: ogre | goblin: goblin
alien monster: alien monster, space invader | pile of poo: poo, pile of poo
skull and crossbones: skull and crossbones, jolly roger | eyes: eyes, pair of eyes | brain: brain
tooth: tooth | bone: bone | mouth: lips, mouth | nose: nose | footprints: footprints
broken heart: broken heart | blue heart: blue heart | green heart: green heart
yellow heart: yellow heart | purple heart: purple heart | sparkling heart: sparkling heart
speech balloon: speech bubble | thinking face: thinking face | winking face: winking face
sleeping face: sleeping face | nerd face: nerd, nerd face | star-struck: starry-eyed face
smiling face with heart-eyes: face in love, heart eyes | face with tears of joy: laughing face
smiling face with horns: devil, imp | smiling face with halo: angel face | cowboy hat face: cowboy
partying face: partying face | hot face: hot face | cold face: freezing face
thumbs up: thumbs up | thumbs down: thumbs down | flexed biceps: biceps, strong arm
waving hand: waving hand | pirate flag: pirate flag | chequered flag: checkered flag
"""


@dataclass(frozen=True)
class Subject:
    """One thing the starter draws. ``name`` is the glyph's CLDR short name; ``words`` are nouns in
    lower case.
    """

    name: str
    words: tuple[str, ...]


def familiar_subjects() -> tuple[Subject, ...]:
    """The 120 subjects of the *tiny* preset."""
    return _parse(_FAMILIAR)


def common_subjects() -> tuple[Subject, ...]:
    """The subjects of the *small* preset: the familiar ones, then hundreds that people ask for."""
    return familiar_subjects() + _parse(_COMMON)


def all_subjects(glyph_names: Sequence[str]) -> tuple[Subject, ...]:
    """Subjects for every glyph of ``glyph_names``; the common ones keep their words, others go by
    their CLDR name.
    """
    known = {s.name: s for s in common_subjects()}
    taken = {word for s in known.values() for word in s.words}
    rest = [
        Subject(n, (n.lower(),)) for n in glyph_names if n not in known and n.lower() not in taken
    ]
    return tuple(known.values()) + tuple(rest)


def _parse(text: str) -> tuple[Subject, ...]:
    """Subjects written as ``name: word, word | name: word``."""
    entries = [entry.split(":") for line in text.strip().splitlines() for entry in line.split("|")]
    return tuple(
        Subject(name.strip(), tuple(word.strip() for word in words.split(",")))
        for name, words in entries
    )
