// The shop's API, as far as the elements use it.

export interface Money {
  amount: string;
  currency: string;
}

export interface Card {
  id: string;
  title: string;
  brand: string;
  price: Money | null;
  salePrice: Money | null;
  availability: string;
  /** Which of its pictures a searched picture is nearest to, if not its own. */
  picture?: number;
}

export interface Found {
  queryId: string;
  feedbackToken?: string;
  verdict: string;
  matched: number;
  hits: { card: Card; percent?: number | null }[];
}

/** The server of this script is the shop's server, unless the element's `server` says otherwise. */
const home = new URL(import.meta.url).origin;

export class Shop {
  readonly origin: string;

  constructor(readonly element: HTMLElement) {
    this.origin = (element.getAttribute('server') ?? home).replace(/\/$/u, '');
  }

  async search(question: Record<string, unknown>, picture: Blob | null, signal: AbortSignal): Promise<Found> {
    const request = JSON.stringify({ ...question, ...this.#place() });
    if (!picture) {
      return this.#send('search', { method: 'POST', body: request, signal }, 'application/json');
    }
    const form = new FormData();
    form.append('request', request);
    form.append('image', picture, 'query.jpg');
    return this.#send('search', { method: 'POST', body: form, signal });
  }

  similar(product: string, limit: number, language: string, signal: AbortSignal): Promise<Found> {
    const query = new URLSearchParams({ limit: String(limit), language, ...this.#place() });
    return this.#send(`similar/${encodeURIComponent(product)}?${query}`, { signal });
  }

  picture(id: string, number?: number): string {
    return pictureOf(this.origin, id, this.element.getAttribute('catalog'), number);
  }

  /** The product's page: the element's `href` with `{id}` replaced, else the page that the server has. */
  page(id: string): string {
    const pattern = this.element.getAttribute('href');
    return pattern
      ? pattern.replaceAll('{id}', encodeURIComponent(id))
      : pageOf(this.origin, id, this.element.getAttribute('catalog'));
  }

  #place(): { catalog?: string } {
    const catalog = this.element.getAttribute('catalog');
    return catalog === null ? {} : { catalog };
  }

  async #send(path: string, init: RequestInit, kind?: string): Promise<Found> {
    const headers: Record<string, string> = kind ? { 'content-type': kind } : {};
    const key = this.element.getAttribute('key');
    if (key) headers['authorization'] = `Bearer ${key}`;
    const response = await fetch(`${this.origin}/api/v1/${path}`, { ...init, headers });
    if (!response.ok) throw new Error(`${response.status}`);
    return (await response.json()) as Found;
  }
}

/** A small picture of a product: its own, or a further one by its number. */
export function pictureOf(origin: string, id: string, catalog: string | null, number = 0): string {
  const query = new URLSearchParams({ size: 'small', ...(catalog === null ? {} : { catalog }) });
  if (number > 0) query.set('number', String(number));
  return `${origin}/api/v1/products/${encodeURIComponent(id)}/picture?${query}`;
}

/** The product's page that the server has. */
export function pageOf(origin: string, id: string, catalog: string | null): string {
  const query = catalog === null ? '' : `?catalog=${encodeURIComponent(catalog)}`;
  return `${origin}/p/${encodeURIComponent(id)}${query}`;
}

export function money(amount: Money, language: string): string {
  try {
    const format = new Intl.NumberFormat(language, { style: 'currency', currency: amount.currency });
    return format.format(Number(amount.amount));
  } catch {
    return `${amount.amount} ${amount.currency}`;
  }
}
