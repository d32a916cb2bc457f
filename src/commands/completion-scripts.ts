/** Commands as data → a completion script, in the language of each shell. */
import type { CompletedCommand, CompletedOption, CompletedWord } from './completion.ts';

type Script = (commands: readonly CompletedCommand[], globals: readonly CompletedOption[]) => string;

/** Where the words before the cursor have been read into `words`: the command among them. */
const findCommand = (globals: readonly CompletedOption[]) => {
  const valued = globals.filter(({ takesValue }) => takesValue).flatMap(flags);
  return `    case \${words[i]} in
      ${[...valued].join('|')}) ((i++)) ;;
      -*) ;;
      *) command=\${words[i]}; break ;;
    esac`;
};

const asked = (kind: 'runs' | 'stages') => `$(retrial words ${kind} 2>/dev/null)`;

export const bashCompletion: Script = (commands, globals) => `# source <(retrial completion bash)
_retrial() {
  local current=\${COMP_WORDS[COMP_CWORD]} command= options= choices= i
  local -a words=("\${COMP_WORDS[@]}")
  for ((i = 1; i < COMP_CWORD; i++)); do
${findCommand(globals)}
  done
  case $command in
    '') options='${globals.flatMap(flags).join(' ')}'; choices='${commands.map(({ name }) => name).join(' ')}' ;;
${commands.map(bashCase).join('\n')}
  esac
  if [[ $current == -* ]]; then choices=$options; fi
  COMPREPLY=($(compgen -W "$choices" -- "$current"))
}
complete -o default -F _retrial retrial
`;

function bashCase({ name, options, words }: CompletedCommand): string {
  const choices = words.flatMap((word) => (word === 'files' ? [] : [wordText(word)])).join(' ');
  const set = choices === '' ? '' : `; [[ $current == -* ]] || choices="${choices}"`;
  return `    ${name}) options='${options.flatMap(flags).join(' ')}'${set} ;;`;
}

function wordText(word: Exclude<CompletedWord, 'files'>): string {
  return typeof word === 'string' ? asked(word) : word.choice;
}

export const zshCompletion: Script = (commands, globals) => `#compdef retrial
# source <(retrial completion zsh)
_retrial() {
  local command= i
  local -a given verbs
  for ((i = 2; i < CURRENT; i++)); do
${findCommand(globals)}
  done
  case $command in
    '') given=(${globals.map(zshOption).join(' ')})
      verbs=(${commands.map(({ name, description }) => quoted(`${name}:${description}`)).join(' ')}) ;;
${commands.map(({ name, options }) => `    ${name}) given=(${options.map(zshOption).join(' ')}) ;;`).join('\n')}
  esac
  if [[ $PREFIX == -* ]]; then _describe option given; return; fi
  case $command in
    '') _describe command verbs ;;
${commands.map(zshWords).join('\n')}
  esac
}
if [[ \${funcstack[1]} == _retrial ]]; then _retrial "$@"; else compdef _retrial retrial; fi
`;

function zshOption(option: CompletedOption): string {
  return flags(option)
    .map((flag) => quoted(`${flag}:${option.description}`))
    .join(' ');
}

function zshWords({ name, words }: CompletedCommand): string {
  const given = words.flatMap((word) => (word === 'files' ? [] : [wordText(word)]));
  const added = given.length === 0 ? [] : [`compadd -- ${given.join(' ')}`];
  return `    ${name}) ${[...added, ...(words.includes('files') || given.length === 0 ? ['_files'] : [])].join('; ')} ;;`;
}

export const fishCompletion: Script = (commands, globals) => {
  const none = '__fish_use_subcommand';
  const lines = [
    ...globals.map((option) => fishOption(none, option)),
    ...commands.flatMap((command) => {
      const seen = `'__fish_seen_subcommand_from ${command.name}'`;
      return [
        `complete -c retrial -f -n ${none} -a ${command.name} -d ${fishQuoted(command.description)}`,
        ...command.options.map((option) => fishOption(seen, option)),
        ...command.words.flatMap((word) => fishWord(seen, word)),
      ];
    }),
  ];
  return `# retrial completion fish | source\n${lines.join('\n')}\n`;
};

function fishOption(when: string, { short, long, description, takesValue }: CompletedOption): string {
  const names = [short && `-s ${short.slice(1)}`, long && `-l ${long.slice(2)}`].filter(Boolean).join(' ');
  return `complete -c retrial -n ${when} ${names}${takesValue ? ' -r' : ''} -d ${fishQuoted(description)}`;
}

function fishWord(when: string, word: CompletedWord): string[] {
  if (word === 'files') return [];
  const given = typeof word === 'string' ? `(retrial words ${word} 2>/dev/null)` : word.choice;
  return [`complete -c retrial -f -n ${when} -a ${fishQuoted(given)}`];
}

function flags({ short, long }: CompletedOption): string[] {
  return [short, long].filter((flag) => flag !== undefined);
}

/** For zsh and bash. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
