// Makes what the product ships from npm packages: the purged style sheet, fonts, icons and htmx.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { PurgeCSS } from 'purgecss';
import * as sass from 'sass';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '..');
const packages = join(here, 'node_modules');
const into = (...parts) => {
  const path = join(root, ...parts);
  mkdirSync(dirname(path), { recursive: true });
  return path;
};

// Class names are written out in full in templates and in Python, so that a search finds them.
const styles = sass.compile(join(here, 'styles', 'app.scss'), {
  loadPaths: [packages],
  logger: sass.Logger.silent,
  style: 'compressed',
});
const [purged] = await new PurgeCSS().purge({
  content: ['templates/**/*.html', 'dashboard/**/*.py', 'migrator/pictures/*.py', 'static/js/*.js'].map((p) => join(root, p)),
  css: [{ raw: styles.css }],
  // Only what names a class of ours or Carbon's may go; bare elements stay.
  defaultExtractor: (text) => text.match(/[\w-]+/g) ?? [],
  safelist: { greedy: [/data-theme/] },
  variables: false,
});
writeFileSync(into('static', 'css', 'app.css'), `${purged.css}\n`);

for (const [name, weight] of [['plex-sans', 'IBMPlexSans-Regular'], ['plex-sans', 'IBMPlexSans-SemiBold'], ['plex-mono', 'IBMPlexMono-Regular']]) {
  copyFileSync(
    join(packages, '@ibm', name, 'fonts', 'split', 'woff2', `${weight}-Latin1.woff2`),
    into('static', 'fonts', `${weight}-Latin1.woff2`),
  );
}
// Whole fonts for PDFs, whose names may be in Greek or Cyrillic; no browser loads them.
for (const [name, weight] of [['plex-sans', 'IBMPlexSans-Regular'], ['plex-sans', 'IBMPlexSans-SemiBold'], ['plex-mono', 'IBMPlexMono-Regular']]) {
  copyFileSync(
    join(packages, '@ibm', name, 'fonts', 'complete', 'woff', `${weight}.woff`),
    into('migrator', 'pictures', 'fonts', `${weight}.woff`),
  );
}
copyFileSync(join(packages, 'htmx.org', 'dist', 'htmx.min.js'), into('static', 'js', 'htmx.min.js'));

rmSync(join(root, 'templates', 'icons'), { recursive: true, force: true });
for (const name of JSON.parse(readFileSync(join(here, 'icons.json'), 'utf8'))) {
  const svg = readFileSync(join(packages, '@carbon', 'icons', 'svg', '32', `${name}.svg`), 'utf8');
  const shapes = svg
    .replace(/^<svg[^>]*>|<\/svg>\s*$/g, '')
    .replace(/<style[\s\S]*?<\/style>|<defs[\s\S]*?<\/defs>|<title>.*?<\/title>/g, '')
    .replace(/<(path|rect)\b[^>]*(fill="none"|data-icon-path="inner-path")[^>]*\/>/g, '')
    .trim();
  writeFileSync(into('templates', 'icons', `${name}.svg`), `${shapes}\n`);
}

for (const file of ['css/app.css', 'js/app.js', 'js/htmx.min.js']) {
  const bytes = readFileSync(join(root, 'static', file));
  console.log(`static/${file}: ${bytes.length} bytes, ${gzipSync(bytes, { level: 9 }).length} compressed`);
}
