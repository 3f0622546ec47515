// report.html in a real browser; run.sh starts it with BENCHHOST_CHROMIUM and BENCHHOST_PAGES.
import assert from "node:assert/strict";
import path from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [executablePath, folder] = [process.env.BENCHHOST_CHROMIUM, process.env.BENCHHOST_PAGES];
// A machine that is busy with something else is given ten times as long for everything.
const slack = process.env.BENCHHOST_QUIET ? 1 : 10;
let browser;
before(async () => { browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] }); });
after(async () => { await browser.close(); });

async function open(name, options = {}) {
  const page = await browser.newPage({ viewport: { width: 1000, height: 900 }, ...options });
  page.setDefaultTimeout(30000 * slack);
  const problems = [];
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("dialog", (dialog) => { problems.push(`dialog ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => {
    if (!/^(file|data|blob):/.test(request.url())) {
      problems.push(`request to ${request.url()}`);
    }
  });
  const started = performance.now();
  await page.goto(pathToFileURL(path.join(folder, name)).href);
  return { page, problems, opened: performance.now() - started };
}

const firstColumn = (page) =>
  page.locator("section.profile").first().locator("table.main tbody th:visible").allTextContents();

test("sorts by any column and back", async () => {
  const { page, problems } = await open("tie.html");
  const before = await firstColumn(page);
  const header = page.getByRole("columnheader", { name: "Request Per Second" }).first();
  await header.getByRole("button").click();
  assert.equal(await header.getAttribute("aria-sort"), "descending");
  assert.deepEqual(await firstColumn(page), before);
  await header.getByRole("button").press("Enter");
  assert.equal(await header.getAttribute("aria-sort"), "ascending");
  assert.deepEqual(await firstColumn(page), [...before].reverse());
  assert.deepEqual(problems, []);
  await page.close();
});

test("filters, and says how many are left", async () => {
  const { page, problems } = await open("tie.html");
  await page.getByLabel("Filter").fill("drogon");
  assert.deepEqual(await firstColumn(page), ["Drogon 1.8.2"]);
  assert.equal(await page.getByRole("status").textContent(), "1 of 3 servers");
  await page.getByLabel("Filter").fill("no such server");
  assert.deepEqual(await firstColumn(page), []);
  await page.waitForTimeout(400); // the charts follow with a delay
  assert.deepEqual(problems, []);
  await page.close();
});

test("names cannot become markup or script", async () => {
  const { page, problems } = await open("hostile-names.html");
  await page.locator(".charts").first().scrollIntoViewIfNeeded();
  await page.waitForTimeout(500);
  assert.ok((await firstColumn(page)).includes("<script>alert(1)</script> 1|2"));
  assert.equal(await page.locator("table b, table i, figure b").count(), 0);
  assert.deepEqual(problems, []);
  await page.close();
});

test("draws charts, or says that this build has none", async () => {
  const { page, problems } = await open("large.html");
  await page.locator(".charts").first().scrollIntoViewIfNeeded();
  const bundled = await page.evaluate(() => typeof window.benchhostCharts === "function");
  if (bundled) {
    await page.locator("figure.chart:visible svg").first().waitFor({ timeout: 10000 * slack });
    assert.ok(await page.locator("figure.chart:visible").count() >= 3);
  } else {
    assert.match(await page.locator(".charts").first().textContent(), /has no charts/);
  }
  assert.deepEqual(problems, []);
  await page.close();
});

test("200 servers open and sort without a visible delay", async () => {
  const { page, opened } = await open("large.html");
  assert.equal((await firstColumn(page)).length, 200);
  const sorted = await page.evaluate(() => {
    const started = performance.now();
    document.querySelector("table.main thead th:nth-child(6) button").click();
    document.body.offsetHeight;
    return performance.now() - started;
  });
  console.log(`opened in ${opened.toFixed(0)} ms, sorted in ${sorted.toFixed(0)} ms`);
  assert.ok(opened < 10000 * slack, `opened in ${opened} ms`);
  assert.ok(sorted < 1000 * slack, `sorted in ${sorted} ms`);
  await page.close();
});

for (const colorScheme of ["light", "dark"]) {
  for (const width of [400, 1000, 1800]) {
    test(`fits ${width} px, ${colorScheme}`, async () => {
      const { page, problems } = await open("tie.html", { viewport: { width, height: 900 }, colorScheme });
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= width);
      const [paper, ink] = await page.evaluate(() => {
        const style = getComputedStyle(document.body);
        return [style.backgroundColor, style.color];
      });
      assert.notEqual(paper, ink);
      assert.deepEqual(problems, []);
      await page.close();
    });
  }
}

test("the raw results can be downloaded", async () => {
  const { page } = await open("tie.html");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download results.json" }).click(),
  ]);
  assert.equal(download.suggestedFilename(), "results.json");
  await page.close();
});
