export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * What a shell is told. Each script hands the words before the cursor to `vmbackup __complete`, which answers
 * with a candidate a line, a tab and what it is.
 */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  // Readline breaks words at "@" and "=" as well, and replaces only what comes after the last of them.
  bash: `_vmbackup() {
  local words cur line
  read -ra words <<< "\${COMP_LINE:0:COMP_POINT}"
  [[ "\${COMP_LINE:0:COMP_POINT}" == *[[:space:]] ]] && words+=("")
  cur="\${words[\${#words[@]}-1]}"
  local broken="\${cur%"\${cur##*[@=:]}"}"
  COMPREPLY=()
  while IFS=$'\\t' read -r line _; do
    [[ -n $line ]] && COMPREPLY+=("\${line#"$broken"}")
  done < <("\${words[0]}" __complete -- "\${words[@]:1}" 2>/dev/null)
}
complete -o default -F _vmbackup vmbackup
`,
  zsh: `#compdef vmbackup
_vmbackup() {
  local -a lines candidates
  lines=("\${(@f)$(\${words[1]} __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  local line
  for line in $lines; do
    [[ -n $line ]] && candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( \${#candidates} )); then _describe 'vmbackup' candidates; else _files; fi
}
if [[ $funcstack[1] == _vmbackup ]]; then _vmbackup "$@"; else compdef _vmbackup vmbackup; fi
`,
  fish: `function __vmbackup_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l offered ($words[1] __complete -- $words[2..-1] 2>/dev/null)
  if set -q offered[1]
    printf '%s\\n' $offered
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c vmbackup -f -a '(__vmbackup_complete)'
`,
  powershell: `Register-ArgumentCompleter -Native -CommandName vmbackup -ScriptBlock {
  param($word, $tree, $cursor)
  $words = @($tree.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursor } | ForEach-Object { $_.ToString() })
  if ($word -eq '') { $words += '""' }
  & $words[0] __complete -- @($words | Select-Object -Skip 1 | ForEach-Object { $_.Trim('"') }) 2>$null | ForEach-Object {
    $value, $what = $_ -split "\`t", 2
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $(if ($what) { $what } else { $value }))
  }
}
`,
};
