import type { ContentError } from "@mooring/contract";

/** What keeps a version from being published. `field` is a JSON Pointer (RFC 6901), `message` says what to do. */
export const contentError = (field: string, message: string): ContentError => ({ field, message, severity: "error" });

/** What somebody should know of, although it can be published. */
export const contentWarning = (field: string, message: string): ContentError => ({ field, message, severity: "warning" });

/** Whether it keeps a version from being published. */
export const isError = ({ severity }: ContentError): boolean => severity === "error";

/** The pointer to a member of what `pointer` points to (RFC 6901 section 3). */
export const pointerTo = (pointer: string, member: string): string => `${pointer}/${member.replaceAll("~", "~0").replaceAll("/", "~1")}`;
