; SPDX-License-Identifier: GPL-3.0-or-later
; A plain patch of the kind that Lull renders, for tests/bench/bench_peers.c:
; twenty minutes of three oscillators that follow a breath over brown noise
; through a low-pass. It has no voice, no ducking and no limiter.
<CsoundSynthesizer>
<CsOptions>
-W -f -d -m0
</CsOptions>
<CsInstruments>
sr = 48000
ksmps = 64
nchnls = 2
0dbfs = 1

instr 1
  kphase phasor 0.1
  kin = (kphase < 0.4 ? kphase / 0.4 : (1 - kphase) / 0.6)
  alevel interp 0.03 * (0.5 + 0.5 * kin)
  khz = 196 * (1 + 0.122 * kin)
  anote poscil alevel, khz
  asecond poscil alevel * 0.4, khz * 2
  athird poscil alevel * 0.2, khz * 3
  aleft rand 0.2
  aright rand 0.2, 0.7
  aleft tone aleft, 110
  aright tone aright, 110
  aleft butlp aleft, 500
  aright butlp aright, 500
  abreath = anote + asecond + athird
  outs abreath + aleft, abreath + aright
endin
</CsInstruments>
<CsScore>
i 1 0 1200
</CsScore>
</CsoundSynthesizer>
