import type { OrganisationId } from "../kernel/ids.ts";

/** What waits, of each organisation in its order; the organisations take turns (T-4). */
export class Queue<Item> {
  readonly #lanes = new Map<OrganisationId, Item[]>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(org: OrganisationId, item: Item): void {
    const lane = this.#lanes.get(org);
    if (lane) lane.push(item);
    else this.#lanes.set(org, [item]);
    this.#length += 1;
  }

  /** How many of one organisation wait. */
  lengthOf(org: OrganisationId): number {
    return this.#lanes.get(org)?.length ?? 0;
  }

  /** Whether something waits of an organisation that may. */
  has(may: (org: OrganisationId) => boolean): boolean {
    for (const org of this.#lanes.keys()) if (may(org)) return true;
    return false;
  }

  /** At most `max` items, one of each organisation in turn, leaving out the organisations that may not. [] when none may. */
  take(max: number, may: (org: OrganisationId) => boolean): Item[] {
    const taken: Item[] = [];
    let idleTurns = 0;
    while (taken.length < max && idleTurns < this.#lanes.size) {
      const [org, lane] = this.#first();
      // To the end of the line, or out of it.
      this.#lanes.delete(org);
      const item = may(org) ? lane.shift() : undefined;
      if (lane.length > 0) this.#lanes.set(org, lane);
      if (item === undefined) idleTurns += 1;
      else {
        taken.push(item);
        this.#length -= 1;
        idleTurns = 0;
      }
    }
    return taken;
  }

  /** Takes one item out, wherever it waits. Does nothing when it does not wait. */
  remove(org: OrganisationId, item: Item): void {
    const lane = this.#lanes.get(org);
    const at = lane?.indexOf(item) ?? -1;
    if (!lane || at < 0) return;
    lane.splice(at, 1);
    this.#length -= 1;
    if (lane.length === 0) this.#lanes.delete(org);
  }

  #first(): [OrganisationId, Item[]] {
    const { value } = this.#lanes.entries().next();
    if (!value) throw new Error("The queue is empty.");
    return value;
  }
}
