// A first console: sign in, see what is there, take an invitation. Text goes into the page as text only, never as markup.
const page = document.querySelector("#page");
let person;

const pages = { "/console": home, "/console/sign-in": signIn, "/console/invitation": invitation };
document.querySelector("#sign-out").addEventListener("click", signOut);
// Opening a second link in this tab changes only the fragment, which loads nothing by itself.
addEventListener("hashchange", () => location.hash && location.reload());
await (pages[location.pathname.replace(/\/$/, "")] ?? home)();

async function home() {
  if (!(await whoIsThere())) return location.replace("/console/sign-in");
  const view = show("home", "Connections");
  const chooser = view("select");
  const { items } = await call("GET", "/organisations?first=100");
  for (const { id, name } of items) chooser.append(new Option(name, id));
  chooser.addEventListener("change", () => void listConnections(view, chooser.value));
  if (items.length > 0) await listConnections(view, chooser.value);
  else view(".about").textContent = "You are not a member of an organisation yet. Ask for an invitation.";
  fillAccount(view);
}

async function listConnections(view, organisation) {
  const list = view(".connections");
  const fault = view(".fault");
  try {
    const [{ connections, totalCount }, member] = await Promise.all([
      call("GET", `/o/${organisation}/connections?first=50`),
      call("GET", `/organisations/${organisation}/members/${person.id}`),
    ]);
    view(".about").textContent = `${organisation} · your role: ${member.role}`;
    list.replaceChildren(...(connections.length > 0 ? connections.map(connectionItem) : [emptyItem()]));
    view(".more").hidden = totalCount <= connections.length;
    view(".more").textContent = `The ${connections.length} changed last, of ${totalCount}.`;
    fault.hidden = true;
  } catch (error) {
    list.replaceChildren();
    tell(fault, error);
  }
}

function connectionItem({ name, protocol, baseUrl, datasetId, environments }) {
  const item = document.querySelector("#connection").content.cloneNode(true);
  item.querySelector("h2").textContent = name;
  item.querySelector(".tag").textContent = protocol;
  item.querySelector(".address").textContent = baseUrl ?? datasetId;
  for (const environment of environments) item.querySelector("ul").append(element("li", environment.name));
  return item;
}

function emptyItem() {
  const item = element("li", "No connections yet. Make the first one through the REST API; the README shows how in five steps.");
  item.className = "card empty";
  return item;
}

function fillAccount(view) {
  const form = view("form");
  const current = view(".current");
  for (const field of ["name", "email"]) form.elements[field].value = person[field];
  current.hidden = !person.hasPassword;
  if (!person.hasPassword) view("details").open = true;
  onSubmit(form, form.querySelector(".fault"), async ({ name, email, password, currentPassword }) => {
    form.querySelector(".done").hidden = true;
    const changes = { name, email, ...(password && { password }), ...(person.hasPassword && { currentPassword }) };
    showPerson(await call("POST", "/auth/account", changes));
    for (const field of ["password", "currentPassword"]) form.elements[field].value = "";
    current.hidden = !person.hasPassword;
    form.querySelector(".done").hidden = false;
  });
}

async function signIn() {
  const token = takeToken();
  const view = show(token ? "link" : "sign-in", "Sign in");
  onSubmit(view("form"), view(".fault"), async ({ email, password }) => {
    if (token) await call("POST", "/auth/sign-in/link", { token });
    else await call("POST", "/auth/sign-in/password", { email, password });
    location.assign("/console");
  });
}

async function invitation() {
  const token = takeToken();
  const isSignedIn = await whoIsThere();
  const view = show("invitation", "Invitation");
  if (isSignedIn) {
    view("[name=name]").value = person.name;
    for (const part of page.querySelectorAll(".new")) part.hidden = true;
    // A hidden field that is required would hold the form back.
    view("[name=password]").disabled = true;
    view(".as").textContent = `You join as ${person.email}.`;
    view(".as").hidden = false;
  }
  onSubmit(view("form"), view(".fault"), async ({ name, password }) => {
    const { member } = await call("POST", "/invitations/accept", { token, name, ...(isSignedIn ? {} : { password }) });
    if (!isSignedIn) await call("POST", "/auth/sign-in/password", { email: member.email, password });
    location.assign("/console");
  });
  if (!token) tell(view(".fault"), new Error("The address is incomplete: open the whole link that you were given."));
}

async function signOut() {
  await call("POST", "/auth/sign-out");
  location.assign("/console/sign-in");
}

async function whoIsThere() {
  const session = await call("GET", "/auth/session");
  if (session.person) showPerson(session.person);
  return session.person !== undefined;
}

function showPerson(signedIn) {
  person = signedIn;
  document.querySelector("#who").hidden = false;
  document.querySelector("#who-name").textContent = person.name;
}

// Out of the address bar and the history at once: what is left there is seen by whoever looks over a shoulder.
function takeToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  history.replaceState(null, "", location.pathname);
  return token;
}

async function call(method, path, body) {
  const json = body && { body: JSON.stringify(body) };
  const headers = { "mooring-csrf": "1", ...(body && { "content-type": "application/json" }) };
  return read(await fetch(path, { method, headers, ...json }));
}

async function read(answer) {
  if (answer.status === 204) return undefined;
  const body = await answer.json().catch(() => ({}));
  if (answer.ok) return body;
  throw new Error(
    [...(body.fields ?? []).map((fault) => fault.message), body.message].find(Boolean) ?? `Mooring answered ${answer.status}.`,
  );
}

function show(template, title) {
  page.replaceChildren(document.querySelector(`#${template}`).content.cloneNode(true));
  document.title = `${title} · Mooring`;
  return (selector) => page.querySelector(selector);
}

function onSubmit(form, fault, work) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    fault.hidden = true;
    if (!form.reportValidity()) return;
    button.disabled = true;
    try {
      await work(Object.fromEntries(new FormData(form)));
    } catch (error) {
      tell(fault, error);
    } finally {
      button.disabled = false;
    }
  });
}

function tell(fault, error) {
  fault.textContent = error.message;
  fault.hidden = false;
}

function element(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}
