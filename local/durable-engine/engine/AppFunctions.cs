using System.Reflection;
using System.Reflection.Emit;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;

namespace DurableEngine;

/// <summary>Makes a type with one public static method for each function of the app: the SDK knows no other functions.</summary>
public static class AppFunctions
{
    private static readonly MethodInfo Run = typeof(NodeApp).GetMethod(nameof(NodeApp.Run))!;

    public static Type Emit(IReadOnlyList<FunctionEntry> functions)
    {
        var type = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName(nameof(AppFunctions)), AssemblyBuilderAccess.Run)
            .DefineDynamicModule(nameof(AppFunctions))
            .DefineType(nameof(AppFunctions), TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed);
        for (var i = 0; i < functions.Count; i++) Define(type, $"F{i}", functions[i]);
        return type.CreateType();
    }

    /// <summary>
    /// <c>[FunctionName(name)] Task&lt;object&gt; F([OrchestrationTrigger] string payload)</c>, the same with
    /// <c>[EntityTrigger]</c>, or
    /// <c>[FunctionName(name)] Task&lt;object&gt; F([ActivityTrigger] string payload, string instanceId)</c>. A trigger on a
    /// string is what the extension's protocol for other languages uses.
    /// </summary>
    private static void Define(TypeBuilder type, string method, FunctionEntry function)
    {
        var isActivity = function.Kind == "activity";
        Type[] parameters = isActivity ? [typeof(string), typeof(string)] : [typeof(string)];
        var made = type.DefineMethod(
            method, MethodAttributes.Public | MethodAttributes.Static, typeof(Task<object>), parameters);
        made.SetCustomAttribute(Attribute(typeof(FunctionNameAttribute), function.Name));
        made.DefineParameter(1, ParameterAttributes.None, "payload").SetCustomAttribute(
            Attribute(TriggerOf(function.Kind)));
        if (isActivity) made.DefineParameter(2, ParameterAttributes.None, "instanceId");

        var code = made.GetILGenerator();
        code.Emit(OpCodes.Ldstr, function.Name);
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(isActivity ? OpCodes.Ldarg_1 : OpCodes.Ldnull);
        code.Emit(OpCodes.Call, Run);
        code.Emit(OpCodes.Ret);
    }

    private static Type TriggerOf(string kind) => kind switch
    {
        "activity" => typeof(ActivityTriggerAttribute),
        "entity" => typeof(EntityTriggerAttribute),
        _ => typeof(OrchestrationTriggerAttribute),
    };

    private static CustomAttributeBuilder Attribute(Type attribute, params object[] arguments) =>
        new(attribute.GetConstructor([.. arguments.Select(argument => argument.GetType())])!, arguments);
}
