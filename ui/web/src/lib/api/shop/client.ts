// A client of the shop's API over HTTP, typed by the API's description: the compiler rejects paths,
// parameters, bodies and answers that do not fit it.

import type { components, paths } from './schema';

export type Schemas = components['schemas'];
export type Problem = Schemas['Problem'];

type Method = 'get' | 'post' | 'put' | 'delete' | 'patch';

/** The paths that have this method. */
export type PathsOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never;
}[keyof paths];

type Operation<P extends keyof paths, M extends Method> = paths[P][M];
type Parameters<O, Where extends string> = O extends { parameters: { [W in Where]?: infer T } } ? T : never;
type JsonBody<O> = O extends { requestBody?: { content: { 'application/json': infer T } } } ? T : never;
type Success<O> = O extends { responses: infer R } ? R[keyof R & (200 | 201 | 202)] : never;

/** The type that an operation answers; `Blob` if that is a file. */
export type Answer<O> =
  Success<O> extends { content: { 'application/json': infer T } }
    ? T
    : [Success<O>] extends [never]
      ? void
      : Blob;

/** A part of a request: absent if it is empty, optional if it may be undefined, otherwise required. */
type Part<Name extends string, T> = [T] extends [never]
  ? { [N in Name]?: undefined }
  : undefined extends T
    ? { [N in Name]?: T }
    : { [N in Name]: T };

/** The arguments of a call. `raw` is a body that is not JSON: a picture's file, or a form. */
export type Call<O> = Part<'path', Parameters<O, 'path'>> & {
  query?: Parameters<O, 'query'> | undefined;
  body?: JsonBody<O> | undefined;
  raw?: Blob | FormData | undefined;
  headers?: Record<string, string> | undefined;
  signal?: AbortSignal | undefined;
};

type Argument<O> = Call<O> extends { path: unknown } ? [call: Call<O>] : [call?: Call<O>];

/** An error from the shop. Branch on `code`, which does not change. Status `0`: nothing answered. */
export class ShopError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
    readonly retryAfterSecs: number | null = null,
  ) {
    super(problem.detail ?? problem.title);
    this.name = 'ShopError';
  }

  get code(): string {
    return this.problem.code;
  }
}

export interface ShopOptions {
  /** The shop's origin; if absent, the page's own. */
  origin?: string;
  /** An API key. */
  key?: string;
  fetch?: typeof fetch;
}

/** Sends requests to the shop. */
export class ShopClient {
  constructor(private readonly options: ShopOptions = {}) {}

  get<P extends PathsOf<'get'>>(path: P, ...call: Argument<Operation<P, 'get'>>) {
    return this.send<P, 'get'>('get', path, call[0]);
  }

  post<P extends PathsOf<'post'>>(path: P, ...call: Argument<Operation<P, 'post'>>) {
    return this.send<P, 'post'>('post', path, call[0]);
  }

  put<P extends PathsOf<'put'>>(path: P, ...call: Argument<Operation<P, 'put'>>) {
    return this.send<P, 'put'>('put', path, call[0]);
  }

  patch<P extends PathsOf<'patch'>>(path: P, ...call: Argument<Operation<P, 'patch'>>) {
    return this.send<P, 'patch'>('patch', path, call[0]);
  }

  delete<P extends PathsOf<'delete'>>(path: P, ...call: Argument<Operation<P, 'delete'>>) {
    return this.send<P, 'delete'>('delete', path, call[0]);
  }

  /** The address of a path, for pictures and links. */
  address<P extends keyof paths>(path: P, at: Record<string, string> = {}, query: object = {}): string {
    const filled = String(path).replace(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(at[name] ?? ''),
    );
    const asked = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined && value !== null) asked.set(name, String(value));
    }
    return `${this.options.origin ?? ''}${filled}${asked.size > 0 ? `?${asked}` : ''}`;
  }

  private async send<P extends keyof paths, M extends Method>(
    method: M,
    path: P,
    call: Partial<Call<Operation<P, M>>> = {},
  ): Promise<Answer<Operation<P, M>>> {
    const headers: Record<string, string> = { ...call.headers };
    if (this.options.key) headers['authorization'] = `Bearer ${this.options.key}`;
    if (call.body !== undefined) headers['content-type'] = 'application/json';
    const init: RequestInit = { method: method.toUpperCase(), headers };
    if (call.signal) init.signal = call.signal;
    if (call.body !== undefined || call.raw !== undefined) init.body = call.raw ?? JSON.stringify(call.body);
    const address = this.address(path, call.path as Record<string, string> | undefined, call.query as object);
    const response = await (this.options.fetch ?? fetch)(address, init).catch((thrown: unknown) => {
      if (call.signal?.aborted) throw thrown;
      throw new ShopError(0, offline(thrown));
    });
    if (!response.ok) throw await refused(response);
    return (await read(response)) as Answer<Operation<P, M>>;
  }
}

async function read(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined;
  const isJson = response.headers.get('content-type')?.startsWith('application/json');
  return isJson ? response.json() : response.blob();
}

async function refused(response: Response): Promise<ShopError> {
  const wait = Number(response.headers.get('retry-after') ?? Number.NaN);
  const told = (await response.json().catch(() => null)) as Problem | null;
  const title = response.statusText || 'The shop failed';
  const problem = told?.code
    ? told
    : { type: 'about:blank', title, status: response.status, code: 'internal' };
  return new ShopError(response.status, problem, Number.isFinite(wait) ? wait : null);
}

function offline(thrown: unknown): Problem {
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return { type: 'about:blank', title: 'The shop cannot be reached', status: 0, code: 'offline', detail };
}
