export function program(isRelease?: boolean): string;
export function freePort(): Promise<number>;

export interface Shop {
  url: string;
  /** The folder of the server's records. */
  data: string;
  /** The folder with the pictures of the products. */
  pictures: string;
  close(): Promise<void>;
}

export function openShop(options?: {
  knytt?: string;
  products?: number;
  /** Names of the catalogues; one if absent. */
  catalogs?: string[];
  flags?: string[];
}): Promise<Shop>;
