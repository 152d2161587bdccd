/** Runs only the newest call, after `delay` ms without another one; `flush` runs it at once. */
export class Debounce {
  #timer: ReturnType<typeof setTimeout> | null = null;
  #work: (() => void) | null = null;

  constructor(readonly delay: number) {}

  call(work: () => void): void {
    this.cancel();
    this.#work = work;
    this.#timer = setTimeout(() => this.flush(), this.delay);
  }

  flush(): void {
    const work = this.#work;
    this.cancel();
    work?.();
  }

  cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#work = null;
  }
}
