using System.Text.Json;

namespace DurableEngine;

/// <summary>A function of the app. <c>Kind</c> is <c>orchestrator</c>, <c>activity</c> or <c>entity</c>.</summary>
public sealed record FunctionEntry(string Name, string Kind);

/// <summary>What Node.js starts this program with, in environment variables.</summary>
public sealed record Settings(
    IReadOnlyList<FunctionEntry> Functions,
    IEnumerable<KeyValuePair<string, string?>> HostJson,
    Uri NodeUrl,
    Uri FrontUrl,
    LogLevel LogLevel)
{
    /// <summary>The section in which the Functions host keeps host.json.</summary>
    public const string HostSection = "AzureFunctionsJobHost";

    /// <exception cref="InvalidOperationException">A variable is not set.</exception>
    public static Settings OfEnvironment() => new(
        JsonSerializer.Deserialize<FunctionEntry[]>(File.ReadAllText(Needed("ENGINE_FUNCTIONS")), JsonSerializerOptions.Web)!,
        new ConfigurationBuilder().AddJsonFile(Needed("ENGINE_HOST_JSON")).Build().AsEnumerable()
            .Select(pair => KeyValuePair.Create($"{HostSection}:{pair.Key}", pair.Value)),
        new Uri(Needed("ENGINE_NODE_URL")),
        new Uri(Needed("ENGINE_FRONT_URL")),
        Enum.Parse<LogLevel>(Environment.GetEnvironmentVariable("ENGINE_LOG_LEVEL") ?? nameof(LogLevel.Warning), ignoreCase: true));

    private static string Needed(string name) =>
        Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set.");
}
