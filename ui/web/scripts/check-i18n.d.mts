type Message = string | Record<string, string>;
export const languages: string[];
export function read(language: string): Record<string, { other: string }>;
export function faults(messages: Record<string, Record<string, Message>>, code: string): string[];
