import { setNonce } from "get-nonce";

/** The nonce under which this page may make styles; the server put a new one into it. */
export const nonce = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce ?? "";

/** Tells it to the library that holds the page still behind a dialog, which knows no other way. */
export const announceNonce = () => setNonce(nonce);
