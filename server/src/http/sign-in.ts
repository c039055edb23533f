import type { AuthAnswer, AuthRequest, People } from "../people/people.ts";
import { requireSameSite } from "./csrf.ts";

/**
 * The door to `/auth/*`. Whatever is no reading must come from this site even when nobody is signed in yet: otherwise another site
 * could sign somebody in as somebody else and wait for what they type there.
 */
export function createSignInDoor({ people, publicUrl }: { people: People; publicUrl: URL }): (request: AuthRequest) => Promise<AuthAnswer> {
  return (request) => {
    requireSameSite(request, { publicUrl, methods: "unsafe" });
    return people.handle(request);
  };
}
