// SPDX-License-Identifier: GPL-3.0-or-later
// Opens a page in headless Chromium, over its debugging pipe, and prints what
// it did there, a fact a line: requests, complaints, overflow, sheets, axe.
// usage: report_browser.js CHROMIUM FILE.html FOLDER [axe.min.js]
"use strict";
const { spawn } = require("child_process");
const fs = require("fs");
const [chromium, page, folder, axe] = process.argv.slice(2);
const url = "file://" + page;

const browser = spawn(chromium, ["--headless", "--no-sandbox", "--disable-gpu",
	"--no-first-run", "--disable-background-networking",
	"--user-data-dir=" + folder + "/profile", "--remote-debugging-pipe"],
	{ stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
const limit = setTimeout(() => fail("it took more than three minutes"), 180000);

function fail(why) {
	console.log("failed: " + why);
	browser.kill();
	process.exit(1);
}

let last = 0, rest = "";
const waiting = new Map(), awaited = [], seen = [];

browser.on("exit", () => fail("the browser ended"));
browser.stdio[4].on("data", (bytes) => {
	const parts = (rest + bytes).split("\0");
	rest = parts.pop();
	for (const part of parts) {
		const m = JSON.parse(part);
		if (m.id && waiting.has(m.id)) {
			if (m.error)
				fail(m.error.message);
			waiting.get(m.id)(m.result);
		}
		if (!m.method)
			continue;
		seen.push(m);
		for (const a of awaited)
			if (a.method === m.method)
				a.go(m);
	}
});

function call(method, params, session) {
	const id = ++last;
	browser.stdio[3].write(JSON.stringify(
		{ id, method, params, sessionId: session }) + "\0");
	return new Promise((go) => waiting.set(id, go));
}

function event(method) {
	return new Promise((go) => awaited.push({ method, go }));
}

async function value(session, expression) {
	const r = await call("Runtime.evaluate",
		{ expression, awaitPromise: true, returnByValue: true }, session);
	if (r.exceptionDetails)
		fail(JSON.stringify(r.exceptionDetails));
	return r.result.value;
}

async function screen(s, name, width, dark) {
	await call("Emulation.setDeviceMetricsOverride", { width, height: 900,
		deviceScaleFactor: 1, mobile: width < 500 }, s);
	await call("Emulation.setEmulatedMedia", { features: [{
		name: "prefers-color-scheme", value: dark ? "dark" : "light" }] }, s);
	console.log("overflow " + name + ": " + await value(s,
		"document.documentElement.scrollWidth - innerWidth > 0"));
	const shot = await call("Page.captureScreenshot",
		{ captureBeyondViewport: true }, s);
	fs.writeFileSync(folder + "/" + name + ".png",
		Buffer.from(shot.data, "base64"));
	if (!axe)
		return;
	const bad = await value(s, "axe.run(document).then((r) => " +
		"r.violations.map((v) => v.id + ' ' + v.nodes[0].html).join())");
	console.log("axe " + name + ": " + (bad || "clean"));
}

async function sheets(s, name, paperWidth, paperHeight) {
	const pdf = await call("Page.printToPDF", { paperWidth, paperHeight,
		printBackground: true }, s);
	const bytes = Buffer.from(pdf.data, "base64");
	fs.writeFileSync(folder + "/" + name + ".pdf", bytes);
	console.log("sheets " + name + ": " +
		bytes.toString("latin1").match(/\/Type ?\/Page\b/g).length);
}

async function main() {
	const { targetId } = await call("Target.createTarget",
		{ url: "about:blank" });
	const { sessionId: s } = await call("Target.attachToTarget",
		{ targetId, flatten: true });
	for (const domain of ["Page", "Network", "Log", "Runtime"])
		await call(domain + ".enable", {}, s);
	const loaded = event("Page.loadEventFired");
	await call("Page.navigate", { url }, s);
	await loaded;
	if (axe)
		await value(s, fs.readFileSync(axe, "utf8") + ";0");
	await screen(s, "screen", 1100, false);
	await screen(s, "phone", 390, false);
	await screen(s, "dark", 1100, true);
	await call("Emulation.clearDeviceMetricsOverride", {}, s);
	await sheets(s, "A4", 8.27, 11.69);
	await sheets(s, "Letter", 8.5, 11);
	for (const m of seen) {
		if (m.method === "Network.requestWillBeSent" &&
			m.params.request.url !== url)
			console.log("request: " + m.params.request.url);
		if (m.method === "Log.entryAdded")
			console.log("complaint: " + m.params.entry.text);
	}
	clearTimeout(limit);
	browser.removeAllListeners("exit");
	browser.on("exit", () => process.exit(0));
	await call("Browser.close", {});
}

main();
