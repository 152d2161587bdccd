// Whether small copies of the shopper's pictures may be sent to the shop. Asked once, before the first one.

const key = 'knytt-pictures-allowed';

function remembered(): boolean {
  try {
    return localStorage.getItem(key) === 'yes';
  } catch {
    return false;
  }
}

export class PictureConsent {
  /** Whether the question is on the screen. */
  asking = $state(false);
  #given = false;
  #asked: Promise<boolean> | null = null;
  #answer: (allowed: boolean) => void = () => undefined;

  /** Resolves to true at once if it was allowed before, else to the shopper's answer. */
  allow(): Promise<boolean> {
    if (this.#given || remembered()) return Promise.resolve(true);
    this.#asked ??= new Promise((resolve) => {
      this.asking = true;
      this.#answer = resolve;
    });
    return this.#asked;
  }

  /** A refusal holds for this picture only; the next picture asks again. */
  answer(allowed: boolean): void {
    this.asking = false;
    this.#asked = null;
    this.#given = allowed;
    try {
      if (allowed) localStorage.setItem(key, 'yes');
    } catch {
      // Without storage, the consent holds while the page is open.
    }
    this.#answer(allowed);
  }

  forget(): void {
    this.#given = false;
    try {
      localStorage.removeItem(key);
    } catch {
      // Without storage, nothing was kept.
    }
  }
}

export const pictureConsent = new PictureConsent();
