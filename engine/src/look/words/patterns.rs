//! The names of patterns: English, German, Spanish, French, Chinese, Arabic, and what feeds write.

use std::sync::LazyLock;

use super::phrase_table::PhraseTable;
use crate::look::pattern::Pattern;

pub(super) static PHRASES: LazyLock<PhraseTable<Pattern>> = LazyLock::new(|| PhraseTable::new(&WORDS));

/// In the short forms of [`PhraseTable::new`].
#[rustfmt::skip]
const WORDS: [(Pattern, &str); 6] = [
    (Pattern::Plain, "plain, solid, solid colour, solid color, solid coloured, solid colored, unpatterned, single colour, \
        single color, uni, unifarben~, einfarbig~, ungemustert~, lis/o/a/os/as, de un solo color, uni//e/s/es, \
        unicolore, unicolores, sans motif, 纯色, 素色, 单色, 净色, سادة, ساده, لون واحد, بلون واحد"),
    (Pattern::Striped, "striped, stripes, stripe, stripy, stripey, pinstripe, pinstripes, pinstriped, breton, gestreift~, streifen, \
        streifenmuster, längsgestreift~, quergestreift~, geringelt~, ringel, nadelstreifen, a rayas, de rayas, con rayas, rayas, \
        rayad/o/a/os/as, rayé//e/s/es, à rayures, rayures, rayure, à bandes, marinière, 条纹, 條紋, 横条纹, 竖条纹, 细条纹, 间条, مخطط, مخططة, خطوط, \
        مقلم, مقلمة, بخطوط"),
    (Pattern::Checked, "checked, checks, check, checkered, chequered, checkerboard, plaid, plaids, tartan, gingham, houndstooth, \
        buffalo check, windowpane, argyle, kariert~, karo, karos, karomuster, schottenkaro, vichykaro, hahnentritt, schottenmuster, \
        a cuadros, de cuadros, cuadros, cuadrill/é, cuadrad/os, tartán, escocés, pata de gallo, vichy, à carreaux, carreaux, écossais//e/es, \
        pied de poule, prince de galles, 格子, 格纹, 方格, 格紋, 千鸟格, 棋盘格, 苏格兰格, كاروهات, كاروه, مربعات, بمربعات, كارو"),
    (Pattern::Dotted, "dotted, dots, dot, polka dot, polka dots, polka dotted, spotted, spots, spotty, gepunktet~, punkte, \
        pünktchen, tupfen, getupft~, polka, punktmuster, de lunares, a lunares, con lunares, lunares, de puntos, a topos, topos, \
        à pois, pois, plumetis, pointillé//e/s/es, 波点, 圆点, 波點, 斑点, 点点, منقط, منقطة, نقاط, منقّط, بنقط"),
    (Pattern::Floral, "floral, florals, flowered, flowery, flower print, floral print, flowers, botanical, ditsy, geblümt~, blumen, \
        blumenmuster, blumenprint, blumendruck, millefleurs, floral~, blüten, blumig~, de flores, con flores, a flores, flores, \
        estampado floral, estampado de flores, florales, floread/o/a/os/as, à fleurs, fleurs, fleuri//e/s/es, imprimé floral, \
        imprimé fleuri, fleurs imprimées, 碎花, 花卉, 印花花卉, 花朵, 花卉印花, 小碎花, 花朵印花, زهور, بالزهور, ورود, مشجر, مشجرة, مورد, مزهر, بطبعة زهور"),
    (Pattern::Printed, "printed, print, prints, graphic, graphic print, logo print, allover print, all over print, slogan, bedruckt~, \
        aufdruck, mit aufdruck, motivdruck, druck, motiv, allover druck, estampad/o/a/os/as, con estampado, serigrafiad/o/a/os/as, \
        imprimé//e/s/es, à motifs, motif, motifs, à imprimé, sérigraphié//e/s/es, 印花, 图案, 印图, 字母印花, 卡通, مطبوع, مطبوعة, طبعة, بطبعة, نقشة, منقوش, منقوشة"),
];
