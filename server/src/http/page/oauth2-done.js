// A sign-in ends in a window of its own. The console cannot be reached through `opener`, since it keeps other windows out of its
// group of browsing contexts, so whoever waits for the end hears of it on a channel of this origin.
const { outcome } = document.body.dataset;
const message = document.querySelector("p").textContent;
const state = new URLSearchParams(location.search).get("state");
new BroadcastChannel("mooring-oauth2").postMessage({ outcome, message, state });

// A message is lost with its window when that closes at once. A window that no script opened stays, and has the words.
setTimeout(close, 250);
