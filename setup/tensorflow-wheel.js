/**
 * TensorFlow's libraries from its CPU wheel on PyPI, unpacked once into the user's cache. tfjs-node's own script
 * downloads libtensorflow from a host that many networks do not reach; package registries they do.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './places.js';
import { lastLines, runQuietly } from './run-quietly.js';
import { say } from './say.js';

export const tensorflowVersion = '2.21.0';
const wheelSha256 = '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c';
const pipArguments = [
  ...['download', '--no-deps', '--only-binary=:all:', '--disable-pip-version-check', '--no-cache-dir'],
  ...['--python-version', '311', '--implementation', 'cp', '--abi', 'cp311', '--platform', 'manylinux_2_27_x86_64'],
  '--require-hashes',
];

/** Unpacks just what tfjs-node is linked against: argv is the wheel and the folder. */
const unpackScript = `
import os, shutil, sys, zipfile
wheel, folder = sys.argv[1:]
libraries = ('tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2')
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if name in libraries: target = os.path.join(folder, 'lib', os.path.basename(name))
        elif name.startswith('tensorflow/include/') and not name.endswith('/') and '..' not in name.split('/'):
            target = os.path.join(folder, 'include', name[len('tensorflow/include/'):])
        else: continue
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with archive.open(name) as source, open(target, 'wb') as out: shutil.copyfileobj(source, out, 1 << 20)
`;

/** Where the unpacked libraries are, or will be. */
export function tensorflowFolder() {
  return join(cacheFolder(), `tensorflow-${tensorflowVersion}-${wheelSha256.slice(0, 12)}`);
}

/**
 * The folder with lib/ and include/, made where it is missing. Two installs at once both succeed: each unpacks into a
 * folder of its own, the first rename wins, and what it wins with is the same.
 * @returns {Promise<string | undefined>} undefined where it cannot be had
 */
export async function ensureTensorflowLibraries() {
  const folder = tensorflowFolder();
  if (existsSync(folder)) return folder;
  mkdirSync(cacheFolder(), { recursive: true });
  const temporary = mkdtempSync(join(cacheFolder(), '.tensorflow-'));
  try {
    const unpacked = join(temporary, 'unpacked');
    if (!(await download(temporary)) || !(await unpack(temporary, unpacked))) return undefined;
    try {
      renameSync(unpacked, folder);
    } catch (error) {
      if (!existsSync(folder)) throw error;
    }
    return folder;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** @param {string} folder */
async function download(folder) {
  say(`downloading TensorFlow ${tensorflowVersion} from PyPI (274 MB, once for this user)`);
  const requirements = join(folder, 'requirements.txt');
  writeFileSync(requirements, `tensorflow-cpu==${tensorflowVersion} --hash=sha256:${wheelSha256}\n`);
  const args = [...pipArguments, '--dest', folder, '--requirement', requirements];
  const module = await runQuietly('python3', ['-m', 'pip', ...args]);
  const { ok, output } = module.ok ? module : await runQuietly('pip', args);
  if (!ok) say(`pip could not download it:\n${lastLines(module.output)}\n${lastLines(output, 2)}`);
  return ok;
}

/**
 * @param {string} folder holds the wheel
 * @param {string} target
 */
async function unpack(folder, target) {
  const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) return false;
  say('unpacking it');
  const { ok, output } = await runQuietly('python3', ['-c', unpackScript, join(folder, wheel), target]);
  if (!ok) say(`the wheel could not be unpacked:\n${lastLines(output)}`);
  return ok;
}
