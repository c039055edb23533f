import type { Page } from "playwright-core";

/** Drops a file of this name and content on the page's place for files, as a pointer would, and waits until the page names it. */
export async function dropFile(page: Page, name: string, text: string): Promise<void> {
  const dataTransfer = await page.evaluateHandle(
    ([fileName = "", content = ""]) => {
      const held = new DataTransfer();
      held.items.add(new File([content], fileName, { type: "application/json" }));
      return held;
    },
    [name, text],
  );
  await page.getByTestId("drop").dispatchEvent("drop", { dataTransfer });
  await page.getByText(name).waitFor();
}
