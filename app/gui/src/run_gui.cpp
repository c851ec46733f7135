// The window itself: GLFW, OpenGL, and the loop that draws only when something has happened.
#include "gui/run_gui.hpp"

#define GLFW_INCLUDE_NONE
#include <GL/gl.h>
#include <GLFW/glfw3.h>
#include <backends/imgui_impl_glfw.h>
#include <backends/imgui_impl_opengl3.h>
#include <imgui.h>
#include <stb_image_write.h>

#include <algorithm>
#include <utility>

#include "base/file.hpp"
#include "base/text.hpp"
#include "settings.hpp"
#include "textures.hpp"
#include "ui.hpp"

namespace ring::gui {
namespace {
constexpr int frames_after_event = 3;  // Dear ImGui needs a few frames until everything has settled
constexpr int frames_unpainted = 100;  // at most, while events wait
constexpr double caret_seconds = 0.5;  // a focused text field blinks
constexpr double animation_seconds = 1.0 / 60;
constexpr int usual_width = 1600, usual_height = 960;
constexpr int frames_to_settle = 6;  // before a screenshot

std::string glfw_error() {
    const char* said = nullptr;
    glfwGetError(&said);
    return said ? said : "no reason was given";
}

int wanted(int asked, int kept, int usual) { return asked != 0 ? asked : kept != 0 ? kept : usual; }

class Window {
  public:
    explicit Window(const GuiOptions& options)
        : options_(options),
          folders_(options.remember ? user_folders() : Folders{}),
          settings_(read_settings(folders_)) {
        if (!options.theme.empty()) settings_.theme = options.theme;
    }
    ~Window();
    Window(const Window&) = delete;
    Window& operator=(const Window&) = delete;

    Status open();
    Status loop();

  private:
    void wait_for_events();
    void draw();
    void rescale(float scale);
    Status save_picture(const std::string& path, const Box& box) const;
    void keep_settings();
    void save_shot(const Ui::Shot& shot);
    static void on_key(GLFWwindow* window, int key, int scancode, int action, int mods);
    static void dirty(GLFWwindow* window) {
        static_cast<Window*>(glfwGetWindowUserPointer(window))->dirty_ = frames_after_event;
    }

    const GuiOptions& options_;
    const Folders folders_;
    Settings settings_;
    GLFWwindow* window_ = nullptr;
    bool glfw_ = false, imgui_ = false;
    int dirty_ = frames_after_event;
    u64 drawn_scene_ = ~u64{0}, drawn_opened_ = 0;
    std::string title_;
    Look look_;
    std::unique_ptr<Textures> textures_;
    std::unique_ptr<Worker> worker_;
    std::unique_ptr<Ui> ui_;
};

Window::~Window() {
    if (window_) glfwHideWindow(window_);  // a file whose loading was cancelled may still be read for a while
    worker_.reset();                       // before GLFW goes: it posts events
    if (imgui_) {
        textures_.reset();
        ImGui_ImplOpenGL3_Shutdown();
        ImGui_ImplGlfw_Shutdown();
        ImGui::DestroyContext();
    }
    if (window_) glfwDestroyWindow(window_);
    if (glfw_) glfwTerminate();
}

Status Window::open() {
    if (!glfwInit()) return error("no window can be opened: {}", glfw_error());
    glfw_ = true;
    glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
    glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
    glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
    float scale = options_.scale > 0 ? options_.scale : settings_.scale;
    if (scale <= 0) {
        float ignored = 1;
        if (GLFWmonitor* const monitor = glfwGetPrimaryMonitor()) glfwGetMonitorContentScale(monitor, &scale, &ignored);
        scale = std::clamp(scale, 1.0f, 2.5f);
    }
    int width = static_cast<int>(static_cast<float>(wanted(options_.width, settings_.width, usual_width)) * scale);
    int height = static_cast<int>(static_cast<float>(wanted(options_.height, settings_.height, usual_height)) * scale);
    if (GLFWmonitor* const monitor = glfwGetPrimaryMonitor()) {
        int x = 0, y = 0, w = width, h = height;
        glfwGetMonitorWorkarea(monitor, &x, &y, &w, &h);
        if (options_.scale <= 0 || !options_.screenshot.empty()) w = std::max(w, 640), h = std::max(h, 480);
        width = std::min(width, w);
        height = std::min(height, h);
    }
    window_ = glfwCreateWindow(width, height, "Ringscope", nullptr, nullptr);
    if (!window_) return error("no window with OpenGL 3.3 can be opened: {}", glfw_error());
    glfwMakeContextCurrent(window_);
    glfwSwapInterval(1);
    glfwSetWindowUserPointer(window_, this);
    glfwSetKeyCallback(window_, on_key);
    glfwSetWindowRefreshCallback(window_, dirty);
    glfwSetDropCallback(window_, [](GLFWwindow* window, int count, const char** paths) {
        Window& self = *static_cast<Window*>(glfwGetWindowUserPointer(window));
        if (count > 0 && self.ui_) self.ui_->dropped(paths[0]);
        dirty(window);
    });
    glfwSetFramebufferSizeCallback(window_, [](GLFWwindow* window, int, int) { dirty(window); });

    IMGUI_CHECKVERSION();
    ImGui::CreateContext();
    ImGui::GetIO().IniFilename = nullptr;
    ImGui::GetIO().ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
    ImGui_ImplGlfw_InitForOpenGL(window_, true);  // chains to the callbacks above
    ImGui_ImplOpenGL3_Init("#version 330");
    imgui_ = true;
    textures_ = std::make_unique<Textures>();
    look_.texture = [this](const lesson::Picture& picture) { return textures_->of(picture); };
    rescale(scale);
    const auto& open = options_.open;
    worker_ = std::make_unique<Worker>([open](const OpenFile& file) { return open(file.what, file.variant); },
                                       OpenFile{options_.what, options_.variant}, [] { glfwPostEmptyEvent(); });
    ui_ = std::make_unique<Ui>(*worker_, look_, settings_);
    if (!options_.layout.empty())
        if (const Status set = ui_->set_layout(options_.layout); !set) return set;
    for (const std::string& command : options_.commands) worker_->post(RunCommand{command, false});
    return Ok{};
}

void Window::rescale(float scale) {
    look_.scale = scale;
    look_.fonts = load_fonts(scale);
    apply(look_.colours(), scale);
    ImGui_ImplOpenGL3_DestroyFontsTexture();
    if (ui_) ImGui_ImplOpenGL3_CreateFontsTexture();  // the first is made with the first frame
}

// Every press and every repeat counts, however fast they come: they do not pass through Dear ImGui's queue.
void Window::on_key(GLFWwindow* window, int key, int scancode, int action, int mods) {
    (void)scancode;
    if (action == GLFW_RELEASE) return;
    Window& self = *static_cast<Window*>(glfwGetWindowUserPointer(window));
    Chord chord;
    if (key >= GLFW_KEY_F1 && key <= GLFW_KEY_F12)
        chord.key = static_cast<ImGuiKey>(ImGuiKey_F1 + (key - GLFW_KEY_F1));
    else if (key >= GLFW_KEY_A && key <= GLFW_KEY_Z)
        chord.key = static_cast<ImGuiKey>(ImGuiKey_A + (key - GLFW_KEY_A));
    else if (key >= GLFW_KEY_0 && key <= GLFW_KEY_9)
        chord.key = static_cast<ImGuiKey>(ImGuiKey_0 + (key - GLFW_KEY_0));
    else if (key == GLFW_KEY_EQUAL || key == GLFW_KEY_KP_ADD)
        chord.key = ImGuiKey_Equal;
    else if (key == GLFW_KEY_MINUS || key == GLFW_KEY_KP_SUBTRACT)
        chord.key = ImGuiKey_Minus;
    else if (key == GLFW_KEY_ESCAPE)
        chord.key = ImGuiKey_Escape;
    else if (key == GLFW_KEY_PAGE_UP)
        chord.key = ImGuiKey_PageUp;
    else if (key == GLFW_KEY_PAGE_DOWN)
        chord.key = ImGuiKey_PageDown;
    else
        return;
    chord.ctrl = mods & GLFW_MOD_CONTROL;
    chord.shift = mods & GLFW_MOD_SHIFT;
    chord.alt = mods & GLFW_MOD_ALT;
    if (self.ui_) self.ui_->key(chord);
}

void Window::wait_for_events() {
    if (dirty_ > 0 || ui_->wants_another_frame()) {
        glfwPollEvents();
    } else if (look_.wants_frame) {
        glfwWaitEventsTimeout(animation_seconds);
        dirty_ = std::max(dirty_, 1);
    } else if (ImGui::GetIO().WantTextInput) {
        glfwWaitEventsTimeout(caret_seconds);
        dirty_ = std::max(dirty_, 1);
    } else {
        glfwWaitEvents();
        dirty_ = frames_after_event;
    }
    if (ui_->wants_another_frame()) dirty_ = frames_after_event;
    if (worker_->scene()->number != drawn_scene_) dirty_ = std::max(dirty_, 2);
}

void Window::draw() {
    --dirty_;
    ImGui_ImplOpenGL3_NewFrame();
    ImGui_ImplGlfw_NewFrame();
    if (const u64 opened = worker_->scene()->opened; opened != std::exchange(drawn_opened_, opened))
        textures_->clear();  // those of another lesson
    ui_->frame();
    for (int i = 0; i < frames_unpainted && ui_->wants_another_frame(); ++i) ui_->frame();
    drawn_scene_ = ui_->scene().number;
    int width = 0, height = 0;
    glfwGetFramebufferSize(window_, &width, &height);
    const ImVec4 ground = ImGui::ColorConvertU32ToFloat4(look_.colours().background);
    glViewport(0, 0, width, height);
    glClearColor(ground.x, ground.y, ground.z, 1);
    glClear(GL_COLOR_BUFFER_BIT);
    ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
    if (const std::string title = ui_->title(); title != title_) {
        glfwSetWindowTitle(window_, title.c_str());
        title_ = title;
    }
}

// `box` in pixels from the top left; the frame that was drawn last.
Status Window::save_picture(const std::string& path, const Box& box) const {
    int width = 0, height = 0;
    glfwGetFramebufferSize(window_, &width, &height);
    const int x = std::clamp(static_cast<int>(box.x), 0, width), y = std::clamp(static_cast<int>(box.y), 0, height);
    const int wide = std::min(static_cast<int>(box.width), width - x);
    const int high = std::min(static_cast<int>(box.height), height - y);
    Bytes pixels(static_cast<std::size_t>(wide) * static_cast<std::size_t>(high) * 4);
    glPixelStorei(GL_PACK_ALIGNMENT, 1);
    glReadPixels(x, height - y - high, wide, high, GL_RGBA, GL_UNSIGNED_BYTE, pixels.data());
    for (std::size_t i = 3; i < pixels.size(); i += 4) pixels[i] = 255;
    stbi_flip_vertically_on_write(1);
    if (!stbi_write_png(path.c_str(), wide, high, 4, pixels.data(), wide * 4))
        return error("{} cannot be written", text::printable(path));
    return Ok{};
}

void Window::save_shot(const Ui::Shot& shot) {
    const Status saved = save_picture(shot.path, shot.box);
    ui_->say(saved ? "saved as " + text::printable(shot.path) : saved.error().sentence());
    dirty_ = frames_after_event;
}

// Written when something has changed, once what moves has come to rest.
void Window::keep_settings() {
    if (!options_.screenshot.empty() || ImGui::IsAnyMouseDown()) return;
    Settings now = ui_->settings();
    int width = 0, height = 0;
    glfwGetWindowSize(window_, &width, &height);
    now.width = static_cast<int>(static_cast<float>(width) / look_.scale);
    now.height = static_cast<int>(static_cast<float>(height) / look_.scale);
    if (std::abs(now.width - settings_.width) < 2) now.width = settings_.width;
    if (std::abs(now.height - settings_.height) < 2) now.height = settings_.height;
    if (now == settings_) return;
    settings_ = std::move(now);
    if (const Status written = write_settings(folders_, settings_); !written) ui_->say(written.error().sentence());
}

Status Window::loop() {
    int settled = 0;
    while (!glfwWindowShouldClose(window_) && !ui_->wants_quit()) {
        wait_for_events();
        if (dirty_ <= 0) continue;
        if (ui_->wanted_scale() != 0 && ui_->wanted_scale() != look_.scale) rescale(ui_->wanted_scale());
        draw();
        if (!options_.screenshot.empty()) {
            dirty_ = frames_after_event;
            settled = worker_->busy() ? 0 : settled + 1;
            int width = 0, height = 0;
            glfwGetFramebufferSize(window_, &width, &height);
            if (settled >= frames_to_settle)
                return save_picture(options_.screenshot, {0, 0, static_cast<float>(width), static_cast<float>(height)});
        }
        if (const std::optional<Ui::Shot> shot = ui_->take_shot()) save_shot(*shot);
        if (dirty_ <= 0) keep_settings();
        if (dirty_ <= 0 && !options_.map.empty()) {
            const std::string map = ui_->describe();
            if (Status written = write_file(options_.map, {reinterpret_cast<const u8*>(map.data()), map.size()});
                !written)
                return written;
        }
        glfwSwapBuffers(window_);
    }
    keep_settings();
    return Ok{};
}
}  // namespace

Status display_available() {
    if (!glfwInit()) return error("no window can be opened: {}", glfw_error());
    glfwTerminate();
    return Ok{};
}

Status run_gui(const GuiOptions& options) {
    Window window(options);
    if (Status opened = window.open(); !opened) return opened;
    return window.loop();
}
}  // namespace ring::gui
