/** A text to look for, ready to be compared with text whose ASCII letters are lower-case. */
export interface Sought {
  /** Each of them must be there; each in the spellings that it may have. */
  readonly words: readonly Spellings[];
  readonly whole: Spellings;
  /** The whole as it begins a word within a name in camel case. */
  readonly capitalised: Spellings;
}

/** Both engines fold the case of ASCII letters alone: of other letters these are the ways to write them. Never empty. */
export type Spellings = readonly string[];

/** What `text` asks for: the first `wordsMax` of its words, and all of it. */
export function sought(text: string): Sought {
  const words = [...new Set(text.trim().split(/\s+/))];
  const whole = spellings(text.trim().replaceAll(/\s+/g, " "));
  return { words: words.slice(0, wordsMax).map(spellings), whole, capitalised: whole.map(capital) };
}

const wordsMax = 8;

/** All other letters small, all capital, or capital where a word begins with one, as in Überprüfung; ASCII letters are small. */
export function spellings(text: string): Spellings {
  const small = text.toLowerCase();
  return [
    ...new Set([small, beyondAscii(small, (part) => part.toUpperCase()), small.replaceAll(wordStart, (letter) => letter.toUpperCase())]),
  ];
}

const wordStart = /(?<!\p{L})(?!\p{ASCII})\p{L}/gu;

const beyondAscii = (text: string, change: (part: string) => string) => text.replaceAll(/[^\p{ASCII}]+/gu, change);

const capital = (text: string) => text.replace(/^\p{L}/u, (letter) => letter.toUpperCase());
