; SPDX-License-Identifier: GPL-3.0-or-later
;
; The spoken form of each text (audio/voice_label.h), and beside it the full
; labels of festival's own, which `make labels` holds our expansion against.
; TEXTS, SPOKEN and FULL are files that labels.sh names; the voice is chosen.

(define (syllable_form s)
  (let ((form (string-append (item.feat s "stress")
                             (if (equal? 1 (item.feat s "accented")) "+" "="))))
    (let ((join ""))
      (mapcar
       (lambda (p)
         (set! form (string-append form join (item.name p)))
         (set! join "-"))
       (item.relation.daughters s 'SylStructure)))
    form))

(define (word_form w)
  (let ((form (string-append (item.feat w "gpos") ":")) (join ""))
    (mapcar
     (lambda (s)
       (set! form (string-append form join (syllable_form s)))
       (set! join "."))
     (item.relation.daughters w 'SylStructure))
    form))

(define (phrase_form p)
  (let ((form "") (last nil))
    (mapcar
     (lambda (w)
       (set! form (string-append form (word_form w) " "))
       (set! last (item.relation.daughtern w 'SylStructure)))
     (item.relation.daughters p 'Phrase))
    (string-append form "/" (item.feat last "syl_break") ":"
                   (item.feat last "tobi_endtone"))))

(define (spoken_form utt)
  (let ((form "") (join "") (p (utt.relation.first utt 'Phrase)))
    (while p
      (set! form (string-append form join (phrase_form p)))
      (set! join " ")
      (set! p (item.next p)))
    form))

; All that comes before the sound itself, which nobody needs here.
(define (analyse text)
  (let ((utt (eval (list 'Utterance 'Text text))))
    (mapcar
     (lambda (step) (step utt))
     (list Initialize Text Token_POS Token POS Phrasify Word Pauses Intonation
           PostLex Duration Int_Targets))
    utt))

(define (speak_all texts)
  (mapcar
   (lambda (text)
     (let ((utt (analyse text)))
       (format spoken_file "%s\t%s\n" text (spoken_form utt))
       (mapcar
        (lambda (s) (format full_file "%s" (hts_feats_output_string s)))
        (utt.relation.items utt 'Segment))
       (format full_file "\n")))
   texts))

(set! spoken_file (fopen SPOKEN "w"))
(set! full_file (fopen FULL "w"))
(speak_all (load TEXTS t))
(fclose spoken_file)
(fclose full_file)
