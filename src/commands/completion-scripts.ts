/** Commands as data → a completion script, in the language of each shell. */
import type { CompletedCommand, CompletedOption, CompletedValue, CompletedWord } from './completion.ts';
import type { WordKind } from './completion-words.ts';

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

const asked = (kind: WordKind) => `retrial words ${kind} 2>/dev/null`;

/** Options whose value is known, by the same flags in every command, with what `spell` makes of them. */
function valueCases(
  commands: readonly CompletedCommand[],
  globals: readonly CompletedOption[],
  spell: (value: CompletedValue) => string,
): string {
  const cases = new Map<string, string>();
  for (const option of [...globals, ...commands.flatMap(({ options }) => options)])
    if (option.value !== undefined) cases.set(flags(option).join('|'), spell(option.value));
  return [...cases].map(([flag, line]) => `    ${flag}) ${line} ;;`).join('\n');
}

/**
 * Bash cuts words at `@`, `=` and `:`, which stand in names here: they are put together. In the answer they are without what
 * stands before `$2`, the part that Bash puts the answer in the place of.
 */
export const bashCompletion: Script = (commands, globals) => `# source <(retrial completion bash)
_retrial() {
  local line=\${COMP_LINE:0:\${COMP_POINT:-0}} part='' glue='' current before command='' options='' choices=''
  local kind='' list='' sign='' head='' word i
  local -a words=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    part=\${COMP_WORDS[i]}
    if ((i > 1)) && [[ -n $glue || $part =~ ^[@=:]+$ ]] && ! [[ -z $part && $line == *' ' ]]; then
      words[\${#words[@]} - 1]+=$part
    else
      words+=("$part")
    fi
    glue=''; [[ $part =~ ^[@=:]+$ ]] && glue=1
  done
  current=\${words[\${#words[@]} - 1]} before=\${words[\${#words[@]} - 2]}
  if [[ $current == --*=* ]]; then before=\${current%%=*} current=\${current#*=}; fi
  for ((i = 1; i < \${#words[@]} - 1; i++)); do
${findCommand(globals)}
  done
  COMPREPLY=()
  case $before in
${valueCases(commands, globals, bashValue)}
  esac
  if [[ $kind == files ]]; then return; fi
  case $command in
    '') options=${lines(globals.flatMap(flags))} choices=${lines(commands.map(({ name }) => name))} ;;
${commands.map(bashCase).join('\n')}
  esac
  if [[ -z $kind ]]; then
    if [[ $current == -* ]]; then choices=$options; fi
  else
    choices=$(retrial words "$kind" 2>/dev/null)
    if [[ -n $list && $current == *,* ]]; then head=\${current%,*},; fi
    if [[ -n $sign && \${current#"$head"} == -* ]]; then head+=-; fi
  fi
  while IFS= read -r word; do
    [[ -n $word && $head$word == "$current"* ]] || continue
    [[ $word == *= ]] && compopt -o nospace 2>/dev/null
    if [[ $word == *[[:space:]\\'\\"\\$\\\`\\\\]* ]]; then printf -v word %q "$word"; fi
    COMPREPLY+=("$head$word")
  done <<< "$choices"
  if (($# > 1)); then
    head=\${current%"$2"}
    COMPREPLY=("\${COMPREPLY[@]#"$head"}")
  fi
}
complete -o default -F _retrial retrial
`;

const lines = (words: readonly string[]) => `$'${words.join('\\n')}'`;

function bashCase({ name, options, words }: CompletedCommand): string {
  const choices = words.flatMap((word) => (typeof word === 'string' ? [] : [word.choice]));
  const kinds = words.flatMap((word) => (typeof word === 'string' && word !== 'files' ? [asked(word)] : []));
  const given = kinds.length > 0 ? `"$(${kinds.join('; ')})"` : lines(choices);
  const set = words.some((word) => word !== 'files') ? `; [[ $current == -* || -n $kind ]] || choices=${given}` : '';
  return `    ${name}) options=${lines(options.flatMap(flags))}${set} ;;`;
}

function bashValue({ word, isList, isSigned }: CompletedValue): string {
  return `kind=${word}${isList ? ' list=1' : ''}${isSigned ? ' sign=1' : ''}`;
}

export const zshCompletion: Script = (commands, globals) => `#compdef retrial
# source <(retrial completion zsh)
_retrial() {
  local command= i
  local -a given verbs
  for ((i = 2; i < CURRENT; i++)); do
${findCommand(globals)}
  done
  case $words[CURRENT-1] in
${valueCases(commands, globals, zshValue)}
  esac
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

const zshAsked = (kind: WordKind) => `\${(f)"$(${asked(kind)})"}`;

function zshValue({ word, isList, isSigned }: CompletedValue): string {
  if (word === 'files') return '_files; return';
  const before = `${isList ? "compset -P '*,'; " : ''}${isSigned ? "compset -P '-'; " : ''}`;
  return `${before}compadd ${word === 'settings' ? "-S '' " : ''}-- ${zshAsked(word)}; return`;
}

function zshOption(option: CompletedOption): string {
  return flags(option)
    .map((flag) => quoted(`${flag}:${option.description}`))
    .join(' ');
}

function zshWords({ name, words }: CompletedCommand): string {
  const given = words.flatMap((word) =>
    word === 'files' ? [] : [typeof word === 'string' ? zshAsked(word) : word.choice],
  );
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

function fishOption(when: string, { short, long, description, takesValue, value }: CompletedOption): string {
  const names = [short && `-s ${short.slice(1)}`, long && `-l ${long.slice(2)}`].filter(Boolean).join(' ');
  return `complete -c retrial -n ${when} ${names}${takesValue ? ' -r' : ''}${fishValue(value)} -d ${fishQuoted(description)}`;
}

function fishValue(value: CompletedValue | undefined): string {
  if (value === undefined || value.word === 'files') return '';
  const words = asked(value.word);
  return ` -f -a ${fishQuoted(value.isList ? `(__fish_complete_list , '${words}')` : `(${words})`)}`;
}

function fishWord(when: string, word: CompletedWord): string[] {
  if (word === 'files') return [];
  const given = typeof word === 'string' ? `(${asked(word)})` : word.choice;
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
