// Short messages that disappear by themselves.

export interface Notice {
  id: number;
  text: string;
  tone: 'calm' | 'bad';
  /** An action on the notice's button, which can run once. */
  action: Action | null;
}

export interface Action {
  label: string;
  run: () => void;
}

export class Notices {
  list = $state.raw<Notice[]>([]);
  #next = 1;

  say(text: string, tone: Notice['tone'] = 'calm', action: Action | null = null): void {
    const id = this.#next++;
    // What is said again stands once.
    const others = this.list.filter((notice) => notice.text !== text);
    this.list = [...others.slice(-2), { id, text, tone, action }];
    // Failures and notices with an action stay longer.
    setTimeout(() => this.dismiss(id), tone === 'bad' || action ? 8000 : 4000);
  }

  dismiss(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id);
  }
}
