import { expect, test } from 'vitest';
import { reportPage } from '../../../report/html/report-page.ts';
import { largeFolder } from './large-folder.ts';

test('the page of a world of 600 nodes, 300 regions, six policies and three seeds stays below 3 MB', () => {
  const page = reportPage([largeFolder()]);
  expect(Buffer.byteLength(page)).toBeLessThan(3_000_000);
  expect(page).toContain('By region');
  expect(page).toContain('By provider');
});
