;; FR32 and trunc254 over a memory of its own; src/piece/fr32.ts says what they are. `npm run check -- fr32` compares this
;; text with the bytes in fr32-wasm.ts, `node scripts/make-fr32.ts` writes them.
;;
;; Leaf k of a quad begins at raw bit 254k, 2k bits before its place in the padded bytes: each 64-bit lane is the raw lane at
;; the same place, moved up by 2k, with the top 2k bits of the lane before it below. The raw bytes may lie anywhere, and 1
;; byte behind the last quad is read and masked.
(module
  (memory (export "memory") 8)

  ;; `quads` × 127 raw bytes at `from` → `quads` × 128 bytes at `to`; at least one.
  (func (export "pad") (param $from i32) (param $to i32) (param $quads i32)
    (local $end i32)
    (local $top v128)
    (local.set $end (i32.add (local.get $from) (i32.mul (local.get $quads) (i32.const 127))))
    (local.set $top (v128.const i64x2 -1 0x3fffffffffffffff))
    (loop $next
      ;; leaf 0
      (v128.store offset=0 (local.get $to) (v128.load offset=0 (local.get $from)))
      (v128.store offset=16 (local.get $to)
        (v128.and (local.get $top) (v128.load offset=16 (local.get $from))))
      ;; leaf 1
      (v128.store offset=32 (local.get $to)
        (v128.or
          (i64x2.shl (v128.load offset=32 (local.get $from)) (i32.const 2))
          (i64x2.shr_u (v128.load offset=24 (local.get $from)) (i32.const 62))))
      (v128.store offset=48 (local.get $to)
        (v128.and (local.get $top)
          (v128.or
            (i64x2.shl (v128.load offset=48 (local.get $from)) (i32.const 2))
            (i64x2.shr_u (v128.load offset=40 (local.get $from)) (i32.const 62)))))
      ;; leaf 2
      (v128.store offset=64 (local.get $to)
        (v128.or
          (i64x2.shl (v128.load offset=64 (local.get $from)) (i32.const 4))
          (i64x2.shr_u (v128.load offset=56 (local.get $from)) (i32.const 60))))
      (v128.store offset=80 (local.get $to)
        (v128.and (local.get $top)
          (v128.or
            (i64x2.shl (v128.load offset=80 (local.get $from)) (i32.const 4))
            (i64x2.shr_u (v128.load offset=72 (local.get $from)) (i32.const 60)))))
      ;; leaf 3
      (v128.store offset=96 (local.get $to)
        (v128.or
          (i64x2.shl (v128.load offset=96 (local.get $from)) (i32.const 6))
          (i64x2.shr_u (v128.load offset=88 (local.get $from)) (i32.const 58))))
      (v128.store offset=112 (local.get $to)
        (v128.and (local.get $top)
          (v128.or
            (i64x2.shl (v128.load offset=112 (local.get $from)) (i32.const 6))
            (i64x2.shr_u (v128.load offset=104 (local.get $from)) (i32.const 58)))))
      (local.set $to (i32.add (local.get $to) (i32.const 128)))
      (br_if $next
        (i32.lt_u
          (local.tee $from (i32.add (local.get $from) (i32.const 127)))
          (local.get $end)))))

  ;; Clears the two top bits of each of `nodes` nodes of 32 bytes at `at`; at least one.
  (func (export "truncate") (param $at i32) (param $nodes i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $at) (i32.shl (local.get $nodes) (i32.const 5))))
    (loop $next
      (i32.store8 offset=31 (local.get $at)
        (i32.and (i32.load8_u offset=31 (local.get $at)) (i32.const 0x3f)))
      (br_if $next
        (i32.lt_u
          (local.tee $at (i32.add (local.get $at) (i32.const 32)))
          (local.get $end))))))
