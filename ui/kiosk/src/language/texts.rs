//! What the screens say.

/// Makes the list of texts, in the order of [`Language::ALL`](super::Language::ALL).
macro_rules! texts {
    ($($(#[doc = $doc:literal])* $name:ident: [$($said:literal),+ $(,)?],)+) => {
        /// Something that a screen says. `{n}` stands for a number.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Text {
            $($(#[doc = $doc])* $name,)+
        }

        impl Text {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// In English, German, Spanish, French, Arabic, Chinese.
            pub fn in_all(self) -> [&'static str; 6] {
                match self {
                    $(Self::$name => [$($said),+],)+
                }
            }
        }
    };
}

texts! {
    /// What to do, on the first screen.
    Invite: [
        "Touch the screen to find it here", "Bildschirm berühren und hier finden",
        "Toca la pantalla y encuéntralo aquí", "Touchez l’écran pour le trouver ici",
        "المس الشاشة لتجده هنا", "轻触屏幕，在店里找到它",
    ],
    /// The camera.
    Point: [
        "Show it to the camera", "Der Kamera zeigen", "Enséñalo a la cámara", "Le montrer à la caméra",
        "أرِه للكاميرا", "对准摄像头",
    ],
    /// What the camera is for.
    PointHint: [
        "Hold up a product or a picture", "Ein Produkt oder Bild hochhalten",
        "Muestra un producto o una foto", "Présentez un article ou une photo",
        "ارفع منتجًا أو صورة", "举起商品或图片",
    ],
    /// What to do before the camera.
    PointHelp: [
        "Hold it still. Touch the picture to keep it.", "Still halten. Zum Festhalten das Bild berühren.",
        "Mantenlo quieto. Toca la imagen para fijarla.", "Tenez-le immobile. Touchez l’image pour la garder.",
        "أبقِه ثابتًا. المس الصورة لتثبيتها.", "请保持稳定。轻触画面即可定格。",
    ],
    /// The keyboard.
    Type: [
        "Type what you need", "Eintippen", "Escribe lo que buscas", "Écrire ce que vous cherchez",
        "اكتب ما تريده", "输入文字",
    ],
    /// What the keyboard is for.
    TypeHint: [
        "A colour, a kind, a price", "Eine Farbe, eine Art, ein Preis", "Un color, un tipo, un precio",
        "Une couleur, un genre, un prix", "لون أو نوع أو سعر", "颜色、种类、价格",
    ],
    /// Categories.
    Browse: [
        "Look around", "Umsehen", "Echar un vistazo", "Parcourir", "تصفّح المتجر", "随便看看",
    ],
    /// What the categories are for.
    BrowseHint: [
        "All products by category", "Alle Produkte nach Kategorie", "Todos los productos por categoría",
        "Tous les articles par catégorie", "كل المنتجات حسب الفئة", "按类别查看全部商品",
    ],
    /// Above the three ways.
    Ways: [
        "How would you like to search?", "Wie möchten Sie suchen?", "¿Cómo quieres buscar?",
        "Comment voulez-vous chercher ?", "كيف تريد أن تبحث؟", "您想怎么找？",
    ],
    /// Back to the screen before.
    Back: ["Back", "Zurück", "Atrás", "Retour", "رجوع", "返回"],
    /// Ends the visit.
    Leave: ["Finish", "Beenden", "Terminar", "Terminer", "إنهاء", "结束"],
    /// Starts a search.
    Search: ["Search", "Suchen", "Buscar", "Chercher", "بحث", "搜索"],
    /// One of the pictures of a product.
    Picture: ["Picture {n}", "Bild {n}", "Imagen {n}", "Image {n}", "الصورة {n}", "图片 {n}"],
    /// The key that takes back a letter.
    Erase: ["Delete", "Löschen", "Borrar", "Effacer", "حذف", "删除"],
    /// The key that takes back all letters.
    Clear: ["Clear", "Leeren", "Vaciar", "Vider", "مسح", "清空"],
    /// The long key.
    Space: ["Space", "Leertaste", "Espacio", "Espace", "مسافة", "空格"],
    /// The key for capitals.
    Shift: ["Shift", "Umschalten", "Mayúsculas", "Majuscules", "تبديل", "大写"],
    /// Hits that fit.
    Found: ["Found", "Gefunden", "Encontrado", "Trouvé", "النتائج", "找到的商品"],
    /// No hit fits.
    NoGoodMatch: [
        "Nothing here really fits", "Nichts hier passt wirklich", "Nada de aquí encaja de verdad",
        "Rien ici ne convient vraiment", "لا شيء هنا يناسب حقًا", "没有真正合适的商品",
    ],
    /// Above hits that do not fit.
    Nearest: [
        "The nearest there is", "Was am nächsten kommt", "Lo más parecido", "Ce qui s’en approche le plus",
        "أقرب ما يوجد", "最接近的商品",
    ],
    /// A model without a text tower.
    TextsOnly: [
        "This model knows pictures only: words are searched in the texts",
        "Dieses Modell kennt nur Bilder: Worte werden in den Texten gesucht",
        "Este modelo solo conoce imágenes: las palabras se buscan en los textos",
        "Ce modèle ne connaît que les images : les mots sont cherchés dans les textes",
        "هذا النموذج يعرف الصور فقط: يُبحث عن الكلمات في النصوص",
        "此模型只认识图片：文字将在商品文本中搜索",
    ],
    /// Filters that leave nothing.
    NothingPasses: [
        "No product passes these filters", "Kein Produkt passt zu diesen Filtern",
        "Ningún producto cumple estos filtros", "Aucun article ne passe ces filtres",
        "لا منتج يوافق عوامل التصفية هذه", "没有商品符合这些条件",
    ],
    /// A hit that is the very product.
    Exact: ["Exact", "Genau dies", "Exacto", "Exact", "مطابق", "完全一致"],
    /// A hit that is alike.
    Similar: ["Similar", "Ähnlich", "Parecido", "Similaire", "مشابه", "相似"],
    /// How many products.
    Products: ["{n} products", "{n} Produkte", "{n} productos", "{n} articles", "{n} منتج", "{n} 件商品"],
    /// The order by fit.
    BestMatch: [
        "Best match", "Beste Treffer", "Mejor resultado", "Meilleur résultat", "الأكثر تطابقًا", "最匹配",
    ],
    /// The order by price.
    PriceUp: [
        "Price, low to high", "Preis aufsteigend", "Precio, de menor a mayor", "Prix croissant",
        "السعر من الأقل إلى الأعلى", "价格从低到高",
    ],
    /// The order by price, the other way.
    PriceDown: [
        "Price, high to low", "Preis absteigend", "Precio, de mayor a menor", "Prix décroissant",
        "السعر من الأعلى إلى الأقل", "价格从高到低",
    ],
    /// A product's sizes.
    Sizes: ["Sizes", "Größen", "Tallas", "Tailles", "المقاسات", "尺码"],
    /// A product's other colours.
    OtherColors: ["Other colours", "Andere Farben", "Otros colores", "Autres couleurs", "ألوان أخرى", "其他颜色"],
    /// Above a picture with products on it.
    ShopTheLook: [
        "Shop the look", "Den Look kaufen", "Compra el look", "Achetez le look", "تسوّق الإطلالة", "选购同款搭配",
    ],
    /// What takes a product's place.
    ReplacedBy: [
        "Replaced by", "Ersetzt durch", "Sustituido por", "Remplacé par", "استُبدل بـ", "已被替换为",
    ],
    /// Products that look like it.
    LookAlikes: ["Similar", "Ähnliche", "Parecidos", "Similaires", "منتجات مشابهة", "相似商品"],
    /// Products to wear with it.
    GoesWith: ["Goes well with", "Passt dazu", "Combina con", "Se marie avec", "يتناسق مع", "搭配"],
    /// Products that cost less.
    Cheaper: [
        "Cheaper alternatives", "Günstigere Alternativen", "Alternativas más baratas", "Moins cher",
        "بدائل أرخص", "更便宜的选择",
    ],
    /// On the shelf.
    InStock: ["In stock", "Verfügbar", "Disponible", "Disponible", "متوفر", "有货"],
    /// Sold out.
    OutOfStock: ["Sold out", "Ausverkauft", "Agotado", "Épuisé", "نفد", "售罄"],
    /// Can be ordered.
    ToOrder: ["To order", "Auf Bestellung", "Por encargo", "Sur commande", "للطلب", "可预订"],
    /// Puts a product on the list.
    Collect: [
        "Take along", "Mitnehmen", "Llevármelo", "Emporter", "أضِف إلى قائمتي", "加入清单",
    ],
    /// Takes a product off the list.
    Collected: [
        "On your list", "Auf Ihrer Liste", "En tu lista", "Dans votre liste", "في قائمتك", "已在清单中",
    ],
    /// The list to take along.
    TakeAlong: [
        "Your list", "Ihre Liste", "Tu lista", "Votre liste", "قائمتك", "您的清单",
    ],
    /// What to do with the code.
    Scan: [
        "Scan the code with your phone", "Den Code mit dem Telefon scannen", "Escanea el código con tu móvil",
        "Scannez le code avec votre téléphone", "امسح الرمز بهاتفك", "用手机扫描二维码",
    ],
    /// A list without an address.
    NoCode: [
        "The shop has no web page for these. Please note the names.",
        "Der Shop hat dafür keine Webseite. Bitte die Namen notieren.",
        "La tienda no tiene página web para esto. Anota los nombres.",
        "La boutique n’a pas de page web pour ceux-ci. Notez les noms.",
        "لا صفحة لهذه المنتجات في الموقع. يرجى تدوين الأسماء.", "商店没有这些商品的网页，请记下名称。",
    ],
    /// Nobody touched the screen.
    StillThere: [
        "Still there?", "Noch da?", "¿Sigues ahí?", "Toujours là ?", "هل ما زلت هنا؟", "您还在吗？",
    ],
    /// What happens without an answer.
    EndsIn: [
        "Everything is cleared in {n} s", "In {n} s wird alles gelöscht", "En {n} s se borra todo",
        "Tout est effacé dans {n} s", "سيُمسح كل شيء خلال {n} ث", "{n} 秒后将清除所有内容",
    ],
    /// The answer.
    Continue: ["Continue", "Weiter", "Continuar", "Continuer", "متابعة", "继续"],
    /// The camera is being opened.
    CameraStarts: [
        "The camera starts", "Die Kamera startet", "La cámara se inicia", "La caméra démarre",
        "الكاميرا تبدأ", "摄像头正在启动",
    ],
    /// The camera is away.
    CameraAway: [
        "The camera takes a break. Typing and looking around work.",
        "Die Kamera macht Pause. Eintippen und Umsehen gehen.",
        "La cámara está en pausa. Puedes escribir o echar un vistazo.",
        "La caméra fait une pause. Vous pouvez écrire ou parcourir.",
        "الكاميرا في استراحة. يمكنك الكتابة أو التصفح.", "摄像头暂不可用，您可以输入文字或浏览。",
    ],
    /// Something failed.
    Trouble: [
        "That did not work. Please try again.", "Das hat nicht geklappt. Bitte noch einmal versuchen.",
        "No ha funcionado. Inténtalo de nuevo.", "Cela n’a pas marché. Veuillez réessayer.",
        "لم ينجح ذلك. حاول مرة أخرى.", "没有成功，请再试一次。",
    ],
    /// Larger type.
    Larger: ["Larger type", "Größere Schrift", "Letra más grande", "Texte agrandi", "خط أكبر", "大字"],
    /// Dark or light.
    Contrast: ["Dark or light", "Dunkel oder hell", "Oscuro o claro", "Sombre ou clair", "داكن أو فاتح", "深色或浅色"],
    /// Before the place of a product that is in this store.
    InThisStore: [
        "In this store", "In dieser Filiale", "En esta tienda", "Dans ce magasin", "في هذا المتجر", "本店有货",
    ],
    /// A product that is not in this store.
    NotInThisStore: [
        "Not in this store", "Nicht in dieser Filiale", "No está en esta tienda", "Pas dans ce magasin",
        "غير متوفر في هذا المتجر", "本店没有",
    ],
    /// Before the name of an aisle.
    Aisle: ["aisle", "Gang", "pasillo", "allée", "الممر", "通道"],
    /// Before the name of a shelf.
    Shelf: ["shelf", "Regal", "estante", "étagère", "الرف", "货架"],
    /// A code that stands for no product of the shop.
    UnknownCode: [
        "This code is not one of our products. Show the product itself.",
        "Dieser Code gehört zu keinem unserer Produkte. Zeigen Sie das Produkt selbst.",
        "Este código no es de ningún producto nuestro. Enseña el producto.",
        "Ce code n’est pas celui d’un de nos articles. Montrez l’article lui-même.",
        "هذا الرمز ليس لأحد منتجاتنا. أرِ المنتج نفسه.", "这个条码不是本店商品，请出示商品本身。",
    ],
    /// The menu of the staff.
    Service: ["Service", "Service", "Servicio", "Service", "الخدمة", "维护"],
    /// Above the pad.
    EnterPin: ["Enter the PIN", "PIN eingeben", "Introduce el PIN", "Saisir le code PIN", "أدخل الرمز السري", "请输入密码"],
    /// After a wrong PIN.
    WaitFor: [
        "Wrong PIN. Wait {n} s", "Falsche PIN. {n} s warten", "PIN incorrecto. Espera {n} s",
        "Code incorrect. Attendez {n} s", "رمز خاطئ. انتظر {n} ث", "密码错误，请等待 {n} 秒",
    ],
    /// Ends typing the PIN.
    Enter: ["OK", "OK", "Aceptar", "OK", "موافق", "确定"],
    /// Closes the service menu.
    CloseMenu: ["Close", "Schließen", "Cerrar", "Fermer", "إغلاق", "关闭"],
    /// The number of the release.
    Release: ["Release", "Version des Katalogs", "Versión del catálogo", "Version du catalogue", "إصدار الكتالوج", "目录版本"],
    /// How many products there are.
    ProductCount: ["Products", "Produkte", "Productos", "Articles", "المنتجات", "商品数"],
    /// How the camera is.
    CameraState: ["Camera", "Kamera", "Cámara", "Caméra", "الكاميرا", "摄像头"],
    /// When the last release was fetched.
    LastSync: [
        "Last sync", "Letzter Abgleich", "Última sincronización", "Dernière synchro", "آخر مزامنة", "上次同步",
    ],
    /// The memory in use.
    Memory: ["Memory", "Speicher", "Memoria", "Mémoire", "الذاكرة", "内存"],
    /// Since when it runs.
    Uptime: ["Running for", "Läuft seit", "En marcha desde hace", "En marche depuis", "يعمل منذ", "已运行"],
    /// The program's version.
    ProgramVersion: ["Program", "Programm", "Programa", "Programme", "البرنامج", "程序版本"],
    /// Leads to the cameras.
    ChooseCamera: [
        "Choose camera", "Kamera wählen", "Elegir cámara", "Choisir la caméra", "اختيار الكاميرا", "选择摄像头",
    ],
    /// Fetches a release.
    SyncNow: ["Sync now", "Jetzt abgleichen", "Sincronizar ahora", "Synchroniser", "زامِن الآن", "立即同步"],
    /// While one is fetched.
    Syncing: [
        "Sync runs", "Abgleich läuft", "Sincronizando", "Synchronisation en cours", "المزامنة جارية", "正在同步",
    ],
    /// No link is followed.
    NoLink: [
        "No link is followed", "Keinem Link wird gefolgt", "No se sigue ningún enlace", "Aucun lien n’est suivi",
        "لا رابط متابَع", "未设置链接",
    ],
    /// Starts the kiosk again.
    Restart: ["Restart", "Neu starten", "Reiniciar", "Redémarrer", "إعادة التشغيل", "重新启动"],
    /// Ends the kiosk.
    Exit: ["Exit", "Beenden und schließen", "Salir", "Quitter", "خروج", "退出"],
    /// Leads to the journal.
    ShowLog: ["Log", "Protokoll", "Registro", "Journal", "السجل", "日志"],
    /// No camera was found.
    NoCamera: [
        "No camera was found", "Keine Kamera gefunden", "No se encontró ninguna cámara", "Aucune caméra trouvée",
        "لم يُعثر على كاميرا", "未找到摄像头",
    ],
}
