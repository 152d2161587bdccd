//! The names of colours: English, German, Spanish, French, Chinese, Arabic, and what feeds write.

use std::sync::LazyLock;

use super::phrase_table::PhraseTable;
use crate::look::palette::ColorName;

pub(super) static PHRASES: LazyLock<PhraseTable<ColorName>> = LazyLock::new(|| PhraseTable::new(&WORDS));

/// In the short forms of [`PhraseTable::new`]. Where two names could claim a word, the first one has it.
#[rustfmt::skip]
pub(super) const WORDS: [(ColorName, &str); 33] = [
    (ColorName::Black, "black, jet black, jet, onyx, schwarz~, tiefschwarz~, negr/o/a/os/as, noir//e/s/es, \
        黑, 黑色, 纯黑, أسود, سوداء, سود"),
    (ColorName::Charcoal, "charcoal, charcoal grey, charcoal gray, anthracite, anthrazit~, anthrazitfarben~, \
        dark grey, dark gray, graphite, slate, slate grey, slate gray, gunmetal, dunkelgrau~, schiefergrau~, \
        graphit, gris oscuro, gris antracita, antracita, marengo, carbón, gris foncé, gris anthracite, ardoise, \
        深灰, 深灰色, 炭灰, 炭灰色, 炭黑, رمادي غامق, رمادي داكن, فحمي"),
    (ColorName::Grey, "grey, gray, light grey, light gray, heather grey, heather gray, grey marl, ash, grau~, \
        hellgrau~, graumeliert~, gris, grises, gris claro, grise, grises, gris clair, gris chiné, 灰, 灰色, 浅灰, \
        浅灰色, رمادي, رمادية, رمادي فاتح, رصاصي"),
    (ColorName::Silver, "silver, silvery, metallic silver, silber, silbern~, silberfarben~, platead/o/a/os/as, plata, \
        argent, argenté//e/s/es, 银, 银色, 銀色, فضي, فضية"),
    (ColorName::White, "white, bright white, optic white, snow white, weiss~, schneeweiss~, reinweiss~, blanc/o/a/os/as, \
        blanc//s/he/hes, 白, 白色, 纯白, أبيض, بيضاء, بيض"),
    (ColorName::Cream, "cream, creme, ivory, ecru, off white, eggshell, vanilla, natural white, cremefarben~, cremeweiss~, \
        elfenbein, elfenbeinfarben~, naturweiss~, wollweiss~, crema, marfil, crudo, blanco roto, hueso, crème, écru, \
        ivoire, blanc cassé, 米白, 米白色, 奶白, 奶白色, 奶油色, 象牙白, 象牙色, 乳白, 乳白色, كريمي, كريم, عاجي, سكري, أوف وايت"),
    (ColorName::Beige, "beige, beiges, nude, sand, oatmeal, sandfarben~, hautfarben~, arena, sable, 米色, 米黄, \
        米黄色, 杏色, 裸色, 沙色, بيج, رملي"),
    (ColorName::Khaki, "khaki, kaki, khakis, kakis, khakifarben~, caqui, caquis, 卡其, 卡其色, كاكي, خاكي"),
    (ColorName::Tan, "tan, camel, cognac, light brown, caramel, toffee, hellbraun~, kamel, camelfarben~, karamell, \
        marrón claro, camello, caramelo, marron clair, brun clair, fauve, 浅棕, 浅棕色, 驼色, 焦糖色, 浅咖色, 浅褐色, \
        جملي, بني فاتح, عسلي"),
    (ColorName::Brown, "brown, dark brown, chocolate, chocolate brown, coffee, espresso, mocha, mahogany, walnut, chestnut, \
        taupe, braun~, dunkelbraun~, schokobraun~, schokolade, kastanienbraun~, marrón, marrones, marron, marrons, \
        castaño, café, color café, marrón oscuro, brun//e/s/es, marron foncé, chocolat, 棕, 棕色, 褐色, 咖啡色, 咖色, \
        深棕, 深棕色, 巧克力色, بني, بنية, بني غامق, بني داكن"),
    (ColorName::Rust, "rust, rust red, rusty, terracotta, terra cotta, copper, burnt orange, brick, brick red, rostrot~, \
        rostbraun~, rostfarben~, rost, kupfer, kupferfarben~, ziegelrot~, teja, óxido, cobre, ladrillo, rouille, cuivre, brique, \
        铁锈色, 锈色, 锈红, 锈红色, 砖红, 砖红色, 赤陶色, 铜色, صدئي, نحاسي, قرميدي, طوبي"),
    (ColorName::Orange, "orange, oranges, bright orange, tangerine, orangefarben~, orangen~, naranja, naranjas, anaranjad/o/a/os/as, \
        mandarine, 橙, 橙色, 橘色, 橘红, 橘红色, 桔色, برتقالي, برتقالية"),
    (ColorName::Coral, "coral, salmon, salmon pink, peach, apricot, korall~, koralle, korallenrot~, korallfarben~, lachs, \
        lachsfarben~, lachsrosa, pfirsich, pfirsichfarben~, aprikose, corales, salmón, melocotón, albaricoque, corail, saumon, \
        pêche, abricot, 珊瑚, 珊瑚色, 珊瑚红, 三文鱼色, 桃色, 蜜桃色, مرجاني, مرجانية, سلموني, خوخي, مشمشي"),
    (ColorName::Red, "red, bright red, scarlet, crimson, cherry red, ruby, ruby red, rot~, hellrot~, knallrot~, feuerrot~, \
        kirschrot~, scharlachrot~, roj/o/a/os/as, escarlata, carmesí, rouge//s, rouge vif, écarlate, cerise, 红, 红色, 紅, \
        紅色, 大红, 大红色, 鲜红, 正红, أحمر, حمراء, حمر"),
    (ColorName::Burgundy, "burgundy, burgundy red, bordeaux, maroon, wine, wine red, oxblood, dark red, merlot, garnet, \
        bordeauxrot~, burgunder, burgunderrot~, weinrot~, dunkelrot~, burdeos, granate, vino, vino tinto, borgoña, \
        rojo oscuro, bordeau, bourgogne, lie de vin, rouge foncé, grenat, 酒红, 酒红色, 暗红, 暗红色, 深红, 深红色, 枣红, 枣红色, \
        勃艮第, عنابي, عنابية, خمري, نبيتي, ماروني, بورجوندي, أحمر غامق, أحمر داكن"),
    (ColorName::Pink, "pink, light pink, pale pink, baby pink, blush, rose, dusty rose, dusty pink, old rose, rosa, \
        rosafarben~, rosarot~, hellrosa, altrosa, rosé, pinkfarben~, rosas, rosado, rosad/o/a/os/as, rosa palo, roses, \
        rose pâle, rose clair, vieux rose, rose poudré, 粉, 粉色, 粉红, 粉红色, 浅粉, 浅粉色, 玫瑰色, زهري, زهرية, وردي, وردية, \
        بمبي"),
    (ColorName::Fuchsia, "fuchsia, hot pink, magenta, bright pink, neon pink, shocking pink, cerise pink, raspberry, fuchsiafarben~, \
        pinkviolett, himbeere, himbeerrot~, fucsia, fucsias, rosa fucsia, rosa fuerte, frambuesa, rose fuchsia, rose vif, framboise, \
        玫红, 玫红色, 桃红, 桃红色, 紫红, 紫红色, 品红, 洋红, فوشيا, فوشي, ماجنتا, زهري غامق"),
    (ColorName::Purple, "purple, violet, dark purple, plum, aubergine, eggplant, grape, amethyst, lila, violett~, dunkellila, \
        pflaume, pflaumenfarben~, purpur, purpurn~, morad/o/a/os/as, púrpura, violeta, violetas, berenjena, ciruela, \
        violet//te/s/tes, pourpre, prune, 紫, 紫色, 深紫, 深紫色, 紫罗兰, 紫罗兰色, بنفسجي, بنفسجية, أرجواني, أرجوانية, موف غامق"),
    (ColorName::Lilac, "lilac, lavender, light purple, mauve, wisteria, flieder, fliederfarben~, lavendel, lavendelfarben~, \
        helllila, malve, lilas, lavanda, malva, morado claro, lavande, parme, violet clair, 浅紫, 浅紫色, 淡紫, 淡紫色, \
        薰衣草紫, 薰衣草色, 丁香紫, 丁香色, 香芋紫, ليلكي, لافندر, خزامي, موف, بنفسجي فاتح"),
    (ColorName::Navy, "navy, navy blue, dark navy, dark blue, midnight, midnight blue, indigo, dark denim, marineblau~, marine, \
        navyblau~, dunkelblau~, nachtblau~, mitternachtsblau~, tintenblau~, azul marino, marino, azul oscuro, azul noche, \
        índigo, bleu marine, bleu foncé, bleu nuit, 藏青, 藏青色, 藏蓝, 藏蓝色, 海军蓝, 深蓝, 深蓝色, 靛蓝, 藏藍色, 深藍色, كحلي, كحلية, \
        أزرق داكن, أزرق غامق, نيلي"),
    (ColorName::Blue, "blue, royal blue, royal, cobalt, cobalt blue, medium blue, denim blue, electric blue, bright blue, \
        blau~, königsblau~, kobaltblau~, royalblau~, mittelblau~, jeansblau~, azul, azules, azul real, azul cobalto, azul rey, \
        azulón, bleu//e/s/es, bleu roi, bleu royal, bleu cobalt, bleu électrique, 蓝, 蓝色, 藍, 藍色, 宝蓝, 宝蓝色, 皇家蓝, \
        牛仔蓝, أزرق, زرقاء, زرق, أزرق ملكي"),
    (ColorName::LightBlue, "light blue, pale blue, sky blue, sky, baby blue, powder blue, ice blue, hellblau~, himmelblau~, \
        babyblau~, eisblau~, lichtblau~, azul claro, celeste, celestes, azul cielo, azul bebé, bleu clair, bleu ciel, bleu pâle, \
        浅蓝, 浅蓝色, 淡蓝, 淡蓝色, 天蓝, 天蓝色, 浅藍色, 粉蓝, سماوي, سماوية, أزرق فاتح, لبني"),
    (ColorName::Turquoise, "turquoise, aqua, aquamarine, cyan, türkis, türkisfarben~, türkisblau~, aquablau~, turquesa, turquesas, \
        aguamarina, cian, bleu turquoise, turquoises, 青, 青色, 青绿, 绿松石, 绿松石色, 湖蓝, 湖蓝色, 水蓝色, 松石绿, فيروزي, فيروزية, تركواز, سماوي مخضر"),
    (ColorName::Teal, "teal, petrol, petrol blue, dark turquoise, peacock, blaugrün~, petrolfarben~, petrolblau~, verde azulado, azul petróleo, \
        petróleo, cerceta, bleu canard, bleu pétrole, pétrole, 蓝绿, 蓝绿色, 水鸭色, 孔雀蓝, 孔雀绿, 墨蓝绿, أزرق مخضر, بترولي, تيل, أخضر مزرق"),
    (ColorName::Mint, "mint, mint green, light green, pale green, seafoam, sea foam, pistachio, minze, mintgrün~, mintfarben~, \
        hellgrün~, menta, verde menta, verde claro, verde agua, menthe, vert menthe, vert clair, vert d'eau, 薄荷, 薄荷绿, 薄荷色, \
        浅绿, 浅绿色, 淡绿, 淡绿色, 豆绿, نعناعي, أخضر نعناعي, أخضر فاتح, فستقي"),
    (ColorName::DarkGreen, "dark green, forest green, forest, bottle green, hunter green, pine green, racing green, dunkelgrün~, \
        tannengrün~, waldgrün~, flaschengrün~, verde oscuro, verde botella, verde bosque, vert foncé, vert sapin, vert bouteille, \
        vert forêt, 深绿, 深绿色, 墨绿, 墨绿色, 森林绿, أخضر غامق, أخضر داكن, أخضر زجاجي"),
    (ColorName::Lime, "lime, lime green, neon green, chartreuse, apple green, limette, limettengrün~, limegrün~, neongrün~, apfelgrün~, \
        lima, verde lima, verde manzana, pistacho, citron vert, vert citron, vert anis, vert pomme, 青柠, 青柠色, 柠檬绿, 苹果绿, 荧光绿, 嫩绿, \
        ليموني أخضر, أخضر ليموني, لايم, تفاحي"),
    (ColorName::Olive, "olive, olive green, army green, military green, moss, moss green, oliv~, olivgrün~, olivfarben~, \
        armeegrün~, moosgrün~, oliva, verde oliva, verde militar, verde musgo, vert olive, olives, vert kaki, vert militaire, \
        vert mousse, 橄榄, 橄榄色, 橄榄绿, 军绿, 军绿色, زيتي, زيتية, زيتوني, زيتونية, أخضر زيتي, أخضر زيتوني, أخضر عسكري"),
    (ColorName::Green, "green, emerald, emerald green, kelly green, grass green, sage, sage green, jade, grün~, smaragdgrün~, grasgrün~, \
        smaragd, salbei, salbeigrün~, verde, verdes, esmeralda, verde esmeralda, salvia, vert//e/s/es, vert émeraude, émeraude, \
        vert sauge, 绿, 绿色, 綠, 綠色, 翠绿, 翠绿色, 祖母绿, 草绿, 草绿色, أخضر, خضراء, خضر, زمردي"),
    (ColorName::Mustard, "mustard, mustard yellow, ochre, ocher, saffron, amber, senf, senfgelb~, senffarben~, ocker, ockergelb~, \
        safran, bernstein, mostaza, ocre, azafrán, ámbar, moutarde, jaune moutarde, ambre, curry, 芥末, 芥末黄, 芥末色, \
        姜黄, 姜黄色, 土黄, 土黄色, 琥珀色, خردلي, خردلية, مسطردي, كهرماني, زعفراني"),
    (ColorName::Yellow, "yellow, bright yellow, light yellow, lemon, lemon yellow, canary, neon yellow, gelb~, hellgelb~, \
        zitronengelb~, sonnengelb~, amarill/o/a/os/as, amarillo limón, jaune//s, jaune citron, jaune pâle, 黄, 黄色, 黃, 黃色, 柠檬黄, \
        浅黄, 浅黄色, 鹅黄, أصفر, صفراء, صفر, ليموني"),
    (ColorName::Gold, "gold, golden, rose gold, bronze, champagne, metallic gold, goldfarben~, goldfarbig~, gold~, golden~, goldenem, \
        rosegold, champagner, dorad/o/a/os/as, oro, oro rosa, champán, doré//e/s/es, bronce, 金色, 金黄, 金黄色, 玫瑰金, 香槟色, \
        古铜色, ذهبي, ذهبية, برونزي, شمبانيا"),
    (ColorName::Multicolour, "multicolour, multicolor, multicoloured, multicolored, multi, multi colour, multi color, rainbow, colourful, \
        colorful, assorted, bunt~, mehrfarbig~, regenbogen, farbenfroh~, multicolor, multicolores, arcoíris, arco iris, multicolore, multicolores, \
        arc en ciel, bariolé//e/s/es, 多色, 彩色, 彩虹, 彩虹色, 五彩, 拼色, متعدد الألوان, ملون, ملونة, ألوان متعددة"),
];
