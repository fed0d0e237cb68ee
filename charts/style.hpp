// How Perpwatch's pictures look. They bring their own dark background, so that they read the same in a dark and in a
// light chat. A phone shows them about 390 points wide, a good third of their size: nothing is written smaller than 26
// pixels.
#pragma once
#include "charts/canvas.hpp"

namespace charts::style {

inline constexpr int width = 1080;
inline constexpr int height = 720;

// Contrast with `ground` (WCAG): ink 14, soft 7.4, up 6.7, down 5.6, entry 7.2, event 11. `dark` on each of them is
// above 5.
inline constexpr Color ground = rgb(0x131722);
inline constexpr Color ink = rgb(0xe6e9f0);
inline constexpr Color soft = rgb(0xa3abbd);
inline constexpr Color grid = rgb(0x262c3b);
inline constexpr Color frame = rgb(0x3a4256);
inline constexpr Color up = rgb(0x2ebd95);
inline constexpr Color down = rgb(0xf2616b);
inline constexpr Color entry = rgb(0x7fb2ff);
inline constexpr Color event = rgb(0xf5c451);
inline constexpr Color dark = ground;

inline constexpr double title_size = 42;
inline constexpr double text_size = 28;
inline constexpr double small_size = 26;
inline constexpr double pill_height = 42;
inline constexpr double edge = 28;  ///< free on the left and on the right

}  // namespace charts::style
