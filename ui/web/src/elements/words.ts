// The texts of the elements, in the languages of the interface.

const all = {
  en: {
    search: 'Search',
    camera: 'Search with a picture',
    none: 'Nothing like it was found.',
    failed: 'The search did not work. Try again.',
    count: '{n} products',
    ask: 'A small copy of the picture is sent to the shop for this search; the shop does not keep it.',
    send: 'Send it',
    cancel: 'Cancel',
    cart: 'Add to cart',
    close: 'Close',
    similar: 'Similar products',
    shoot: 'Take the picture',
    file: 'Choose a file',
  },
  de: {
    search: 'Suchen',
    camera: 'Mit einem Bild suchen',
    none: 'Nichts Ähnliches gefunden.',
    failed: 'Die Suche ging nicht. Bitte noch einmal.',
    count: '{n} Produkte',
    ask: 'Eine kleine Kopie des Bildes wird für diese Suche an den Shop gesendet; der Shop behält sie nicht.',
    send: 'Senden',
    cancel: 'Abbrechen',
    cart: 'In den Warenkorb',
    close: 'Schließen',
    similar: 'Ähnliche Produkte',
    shoot: 'Bild aufnehmen',
    file: 'Datei wählen',
  },
  es: {
    search: 'Buscar',
    camera: 'Buscar con una imagen',
    none: 'No se encontró nada parecido.',
    failed: 'La búsqueda no funcionó. Inténtalo de nuevo.',
    count: '{n} productos',
    ask: 'Se envía a la tienda una copia pequeña de la imagen para esta búsqueda; la tienda no la guarda.',
    send: 'Enviar',
    cancel: 'Cancelar',
    cart: 'Añadir al carrito',
    close: 'Cerrar',
    similar: 'Productos parecidos',
    shoot: 'Hacer la foto',
    file: 'Elegir un archivo',
  },
  fr: {
    search: 'Chercher',
    camera: 'Chercher avec une image',
    none: 'Rien de semblable n’a été trouvé.',
    failed: 'La recherche n’a pas marché. Réessayez.',
    count: '{n} produits',
    ask: 'Une petite copie de l’image est envoyée à la boutique pour cette recherche ; la boutique ne la garde pas.',
    send: 'Envoyer',
    cancel: 'Annuler',
    cart: 'Ajouter au panier',
    close: 'Fermer',
    similar: 'Produits semblables',
    shoot: 'Prendre la photo',
    file: 'Choisir un fichier',
  },
  zh: {
    search: '搜索',
    camera: '用图片搜索',
    none: '没有找到类似的商品。',
    failed: '搜索失败，请重试。',
    count: '{n} 件商品',
    ask: '图片的小副本会发送给商店用于本次搜索；商店不会保存。',
    send: '发送',
    cancel: '取消',
    cart: '加入购物车',
    close: '关闭',
    similar: '类似商品',
    shoot: '拍照',
    file: '选择文件',
  },
  ar: {
    search: 'بحث',
    camera: 'البحث بصورة',
    none: 'لم يُعثر على شيء مشابه.',
    failed: 'لم ينجح البحث. حاول مرة أخرى.',
    count: '{n} من المنتجات',
    ask: 'تُرسل نسخة صغيرة من الصورة إلى المتجر لهذا البحث، ولا يحتفظ بها المتجر.',
    send: 'إرسال',
    cancel: 'إلغاء',
    cart: 'أضف إلى السلة',
    close: 'إغلاق',
    similar: 'منتجات مشابهة',
    shoot: 'التقط الصورة',
    file: 'اختر ملفًا',
  },
} as const;

export type Language = keyof typeof all;
export type Words = Record<keyof (typeof all)['en'], string>;

/** The language of an element: its own, else its page's, else the browser's. */
export function languageOf(element: HTMLElement): Language {
  const asked = [
    element.getAttribute('lang'),
    element.closest('[lang]')?.getAttribute('lang'),
    ...navigator.languages,
  ];
  const codes = asked.map((tag) => tag?.toLowerCase().split('-')[0]);
  return (codes.find((code) => code !== undefined && code in all) as Language | undefined) ?? 'en';
}

export const wordsOf = (language: Language): Words => all[language];
