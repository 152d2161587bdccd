// Triangles of egui: a colour, multiplied with a texture. Colours are sRGB as they are written to the screen.

struct Corner {
    @builtin(position) place: vec4<f32>,
    @location(0) in_texture: vec2<f32>,
    @location(1) color: vec4<f32>,
};

@vertex
fn corner(@location(0) place: vec2<f32>, @location(1) in_texture: vec2<f32>, @location(2) color: vec4<f32>) -> Corner {
    return Corner(vec4<f32>(place, 0.0, 1.0), in_texture, color);
}

@group(0) @binding(0) var texture: texture_2d<f32>;
@group(0) @binding(1) var filtering: sampler;

@fragment
fn shade(corner: Corner) -> @location(0) vec4<f32> {
    return corner.color * textureSample(texture, filtering, corner.in_texture);
}
