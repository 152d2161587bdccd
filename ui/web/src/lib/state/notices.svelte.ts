// Short messages that come and go by themselves.

export interface Notice {
  id: number;
  text: string;
  tone: 'calm' | 'bad';
}

export class Notices {
  list = $state.raw<Notice[]>([]);
  #next = 1;

  say(text: string, tone: Notice['tone'] = 'calm'): void {
    const id = this.#next++;
    this.list = [...this.list.slice(-2), { id, text, tone }];
    setTimeout(() => this.dismiss(id), tone === 'bad' ? 8000 : 4000);
  }

  dismiss(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id);
  }
}
