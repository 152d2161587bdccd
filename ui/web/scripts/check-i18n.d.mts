type Message = string | Record<string, string>;
export const languages: string[];
export function read(language: string): Record<string, { other: string }>;
export function missing(
  messages: Record<string, Record<string, Message>>,
): { language: string; key: string }[];
export function messageFaults(messages: Record<string, Record<string, Message>>): string[];
export function faults(messages: Record<string, Record<string, Message>>, code: string): string[];
export function firstView(path?: string): string;
export function misplaced(
  first: Record<string, Message>,
  pages: Record<string, Message>,
  code: string,
): string[];
