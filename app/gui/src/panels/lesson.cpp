// The lesson: what the next step is about, the prediction, and afterwards what the machine said.
#include <fmt/format.h>
#include <imgui.h>
#include <imgui_stdlib.h>

#include <algorithm>

#include "base/text.hpp"
#include "panels/panels.hpp"
#include "widgets.hpp"

namespace ring::gui {
namespace {
void put_progress(const Look& look, const LessonScene& lesson) {
    const Theme& t = look.colours();
    if (lesson.count == 0) return;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float gap = lesson.count > 30 ? look.px(2) : look.px(4), width = ImGui::GetContentRegionAvail().x;
    const float each = (width - gap * static_cast<float>(lesson.count - 1)) / static_cast<float>(lesson.count);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    for (std::size_t i = 0; i < lesson.count; ++i) {
        const float x = at.x + (each + gap) * static_cast<float>(i);
        const float height = i == lesson.index ? look.px(7) : look.px(5);
        list.AddRectFilled({x, at.y}, {x + each, at.y + height},
                           i < lesson.index    ? t.good
                           : i == lesson.index ? t.accent
                                               : t.border,
                           look.px(3));
    }
    ImGui::Dummy({width, look.px(12)});
}

// A coloured strip at the left, a heading with an icon, and what follows inside.
class Callout {
  public:
    Callout(Look& look, Icon icon, ImU32 colour, std::string_view heading) : look_(look), colour_(colour) {
        ImDrawList& list = *ImGui::GetWindowDrawList();
        list.ChannelsSplit(2);
        list.ChannelsSetCurrent(1);
        from_ = ImGui::GetCursorScreenPos();
        width_ = ImGui::GetContentRegionAvail().x;
        ImGui::Dummy({0, look.px(4)});
        ImGui::Indent(look.px(16));
        const ImVec2 at = ImGui::GetCursorScreenPos();
        draw_icon(list, icon, {at.x + look.px(8), at.y + look.px(10)}, look.px(17), colour);
        put_text(list, look.fonts.strong, {at.x + look.px(26), at.y}, colour, heading);
        ImGui::Dummy({0, look.px(24)});
    }
    ~Callout() {
        ImGui::Unindent(look_.px(16));
        ImGui::Dummy({0, look_.px(4)});
        ImDrawList& list = *ImGui::GetWindowDrawList();
        list.ChannelsSetCurrent(0);
        const ImVec2 to{from_.x + width_, ImGui::GetCursorScreenPos().y};
        list.AddRectFilled(from_, to, faded(colour_, 0.10f), look_.px(8));
        list.AddRectFilled(from_, {from_.x + look_.px(4), to.y}, colour_, look_.px(2));
        list.ChannelsMerge();
        ImGui::Dummy({0, look_.px(4)});
    }
    Callout(const Callout&) = delete;
    Callout& operator=(const Callout&) = delete;

  private:
    Look& look_;
    ImU32 colour_;
    ImVec2 from_;
    float width_ = 0;
};

void title(const Look& look, std::string_view said) {
    paragraph(look, look.fonts.title, look.colours().text, said);
    ImGui::Dummy({0, look.px(2)});
}

bool can_play(const LessonAhead& ahead, const LessonState& state) {
    if (!ahead.prediction) return true;
    return ahead.prediction->value ? !state.typed.empty() : state.choice.has_value();
}

void put_prediction(const lesson::Prediction& prediction, LessonState& state, Look& look) {
    {
        const Callout callout(look, Icon::Hint, look.colours().changed, "Predict before you step");
        markdown(look, lesson::markdown(prediction.question), look.px(12));
    }
    for (std::size_t i = 0; i < prediction.choices.size(); ++i) {
        const std::string letter(1, static_cast<char>('A' + i));
        if (choice(look, fmt::format("lesson/choice/{}", i), letter, text::printable(prediction.choices[i].say),
                   state.choice == i))
            state.choice = i;
    }
    if (prediction.value) {
        ImGui::SetNextItemWidth(-1);
        ImGui::InputTextWithHint("##value", "your answer: a number, a name", &state.typed);
        look.reg("lesson/value");
    }
    ImGui::Dummy({0, look.px(2)});
}

void put_ahead(const LessonAhead& ahead, const LessonScene& lesson, LessonState& state, Intents& out, Look& look) {
    title(look, ahead.title);
    markdown(look, ahead.text, 0, &lesson.pictures);
    ImGui::Dummy({0, look.px(4)});
    if (ahead.prediction) put_prediction(*ahead.prediction, state, look);
    const bool ready = can_play(ahead, state);
    const Button play{"lesson/play", Icon::Continue, true, ahead.prediction ? "Check my answer" : "Do this step",
                      "F8",          true,           ready};
    const bool pressed = button(look, play) || (state.wants_next && ready);
    bool skipped = false;
    if (ahead.prediction) {
        ImGui::SameLine();
        skipped = button(look, {"lesson/skip", Icon::Step, false, "Show me", "Shift+F8"}) || state.wants_shown;
    }
    state.wants_next = state.wants_shown = false;
    if (!pressed && !skipped) return;
    PlayLessonStep step;
    if (ahead.prediction && pressed) step.guess = lesson::Guess{state.choice, state.typed};
    out.emplace_back(std::move(step));
    state.read = lesson.index;
    state.choice.reset();
    state.typed.clear();
}

void put_judgement(const LessonBehind& behind, const lesson::Judgement& judgement, Look& look) {
    const Theme& t = look.colours();
    const bool right = judgement.right.value_or(true);
    const std::string_view heading = !judgement.right ? "The machine says"
                                     : right          ? "You were right"
                                                      : "The machine says otherwise";
    const Callout callout(look, right ? Icon::Tick : Icon::Cross, right ? t.good : t.bad, heading);
    if (!right && behind.guessed && *behind.guessed < behind.choices.size())
        paragraph(look, look.fonts.small, t.muted, "You said: " + behind.choices[*behind.guessed]);
    paragraph(look, look.fonts.text, t.text, text::printable(judgement.answer));
    if (!judgement.because.empty()) paragraph(look, look.fonts.code_small, t.muted, text::printable(judgement.because));
}

void put_behind(const LessonScene& lesson, LessonState& state, Look& look) {
    const Theme& t = look.colours();
    const LessonBehind& behind = *lesson.behind;
    title(look, behind.title);
    if (behind.played.judgement) put_judgement(behind, *behind.played.judgement, look);
    markdown(look, behind.explain, 0, &lesson.pictures);
    if (behind.explain.empty() && !behind.played.judgement)
        paragraph(look, look.fonts.text, t.text, "Done. Look at what has changed.");
    for (const lesson::CheckResult& check : behind.played.checks) {
        const ImVec2 at = ImGui::GetCursorScreenPos();
        draw_icon(*ImGui::GetWindowDrawList(), check.passed ? Icon::Tick : Icon::Cross,
                  {at.x + look.px(8), at.y + look.px(9)}, look.px(14), check.passed ? t.good : t.bad);
        ImGui::Indent(look.px(24));
        paragraph(look, look.fonts.code_small, check.passed ? t.muted : t.bad, text::printable(check.expression));
        if (!check.passed) paragraph(look, look.fonts.small, t.bad, text::printable(check.found));
        ImGui::Unindent(look.px(24));
    }
    for (const std::string& hint : behind.played.hints) {
        const Callout callout(look, Icon::Hint, t.changed, "Hint");
        markdown(look, lesson::markdown(hint), look.px(12));
    }
    if (!behind.commands.empty()) paragraph(look, look.fonts.code_small, t.dim, "> " + behind.commands);
    ImGui::Dummy({0, look.px(4)});
    const bool over = !lesson.ahead;
    const Button next{"lesson/next", Icon::Step, true, over ? "Finish" : "Next step", "F8", true};
    if (button(look, next) || state.wants_next || state.wants_shown) state.read = lesson.index;
    state.wants_next = state.wants_shown = false;
}

void put_end(const LessonScene& lesson, Intents& out, LessonState& state, Look& look) {
    title(look, "That was " + lesson.title);
    paragraph(look, look.fonts.text, look.colours().muted,
              "The machine stays as it is: step, go back, look around. Restart begins the lesson anew.");
    ImGui::Dummy({0, look.px(4)});
    if (button(look, {"lesson/again", Icon::Restart, true, "Restart the lesson", "", true})) {
        out.emplace_back(Restart{});
        state = {};
    }
}

void draw(const Scene& scene, PanelState& panels, Intents& out, Look& look) {
    LessonState& state = panels.lesson;
    if (!scene.lesson) {
        title(look, scene.name.empty() ? "No program" : scene.name);
        empty_state(
            look, "No lesson is open: this is a machine to look at.",
            "F11 steps one instruction, Shift+F10 goes back, F5 continues. “ringscope lessons” lists the lessons.");
        state.wants_next = false;
        return;
    }
    const LessonScene& lesson = *scene.lesson;
    if (state.read > lesson.index) state.read = lesson.index;  // it was restarted
    if (const std::size_t text = 2 * lesson.index + (state.read < lesson.index ? 1 : 0); text != state.top_of) {
        ImGui::SetScrollY(0);
        state.top_of = text;
    }
    put_progress(look, lesson);
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(look.px(8), look.px(8)));
    if (state.read < lesson.index && lesson.behind)
        put_behind(lesson, state, look);
    else if (lesson.ahead)
        put_ahead(*lesson.ahead, lesson, state, out, look);
    else
        put_end(lesson, out, state, look);
    ImGui::PopStyleVar();
}

std::string hint(const Scene& scene) {
    if (!scene.lesson) return "";
    return fmt::format("{} of {} done", scene.lesson->index, scene.lesson->count);
}

std::string twin(const Scene&) { return "lesson"; }
}  // namespace

const Panel lesson_panel{"lesson", "Lesson", draw, hint, nullptr, twin};
}  // namespace ring::gui
