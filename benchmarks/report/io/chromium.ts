import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const USUAL = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium'];

/** A browser without a window, from `CHROMIUM_PATH` or the usual places. Throws, and says what to install, where there is none. */
export const startChromium = (): Promise<Browser> => {
  const { CHROMIUM_PATH: named } = process.env;
  const executablePath = named ?? USUAL.find((path) => existsSync(path));
  if (executablePath === undefined || !existsSync(executablePath)) {
    throw new Error(
      `there is no Chromium at ${named ?? USUAL.join(', ')}: install the package chromium, or set CHROMIUM_PATH`,
    );
  }
  const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'];
  return chromium.launch({ executablePath, args });
};
