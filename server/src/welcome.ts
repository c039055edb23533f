import { type FirstStart, firstOwnerEmail } from "./bootstrap.ts";
import type { UserId } from "./kernel/ids.ts";

/** What to print at this start, with a one-time link where nobody could sign in otherwise; to be asked for once. */
export async function greetingFor({ url, people, first }: { url: URL; people: Greeted; first: FirstStart | undefined }): Promise<string> {
  if (first) return firstGreeting({ url, first, link: await people.createSignInLink(first.owner) });
  const owner = await people.find(firstOwnerEmail);
  return greeting({ url, link: owner && !owner.hasPassword ? await people.createSignInLink(owner.id) : undefined });
}

interface Greeted {
  createSignInLink(id: UserId): Promise<URL>;
  find(email: string): Promise<{ readonly id: UserId; readonly hasPassword: boolean } | undefined>;
}

/** What a person at the terminal needs at the first start: where to sign in, the key, and one line that works as pasted. */
function firstGreeting({ url, link, first }: { url: URL; link: URL; first: FirstStart }): string {
  const key = first.apiKey.reveal();
  return `
  Mooring is up on ${url.origin}

  Console        ${link.href}
                 signs you in once, within 15 minutes; then set an e-mail address and a password there
  Organisation   ${first.organisation}
  API key        ${key}
                 shown this once: keep it safe

  Try it:

  curl -H "Authorization: Bearer ${key}" ${url.origin}/o/${first.organisation}/connections

`;
}

/** Later starts: a new one-time link while the first owner still has no password, for nobody could sign in otherwise. */
function greeting({ url, link }: { url: URL; link: URL | undefined }): string {
  const console = link ? `${link.href}\n                 signs you in once, within 15 minutes` : `${url.origin}/console`;
  return `
  Mooring is up on ${url.origin}

  Console        ${console}

`;
}
