using System.Net;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace DurableEngine;

/// <summary>The Node.js process in which the app is loaded.</summary>
public static class NodeApp
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false })
    {
        // An activity may take as long as the app's functionTimeout lets it, and Node.js is who counts.
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Texts that look like dates stay as they were written.</summary>
    private static readonly JsonSerializerSettings AsWritten = new() { DateParseHandling = DateParseHandling.None };

    public static void Connect(Uri url) => Http.BaseAddress = url;

    /// <summary>Says that the task hub runs, and what a durable client binding receives.</summary>
    public static async Task Ready(string binding)
    {
        using var answer = await Http.PostAsync("ready", Json(binding));
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>
    /// Runs a function of the app. Off the caller's scheduler: the Durable Task Framework gives orchestrators one of its own,
    /// which takes any continuation that it has not made for non-determinism.
    /// </summary>
    public static Task<object?> Run(string function, string payload, string? instanceId) =>
        Task.Run(() => Ask(function, payload, instanceId));

    private static async Task<object?> Ask(string function, string payload, string? instanceId)
    {
        var question = new JObject { ["function"] = function, ["payload"] = payload, ["instanceId"] = instanceId };
        using var content = Json(question.ToString(Formatting.None));
        using var answer = await Http.PostAsync("invoke", content).ConfigureAwait(false);
        var text = await answer.Content.ReadAsStringAsync().ConfigureAwait(false);
        var body = JsonConvert.DeserializeObject<JObject>(text, AsWritten)!;
        if (answer.StatusCode == HttpStatusCode.OK) return Value(body);
        // The text of the Functions host's RpcException; the extension looks for these very words.
        throw new Exception($"Result: Failure\nException: {body["message"]}\nStack: {body["stack"]}");
    }

    /// <summary>A value of the worker's protocol, as the Functions host makes it one of .NET.</summary>
    private static object? Value(JObject data)
    {
        if (data["json"] is { } json) return JsonConvert.DeserializeObject<JToken>((string)json!, AsWritten);
        if (data["string"] is { } text) return (string)text!;
        if (data["int"] is { } whole) return (long)whole;
        if (data["double"] is { } number) return (double)number;
        if (data["bytes"] is { } bytes) return Convert.FromBase64String((string)bytes!);
        return null;
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
