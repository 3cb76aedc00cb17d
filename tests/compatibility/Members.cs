// SPDX-License-Identifier: GPL-3.0-or-later
// Reads the public types and members of assemblies without loading them, and writes them as JSON.

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.Json;

namespace Compatibility
{
    public sealed class TypeNames : ISignatureTypeProvider<string, object>
    {
        public string GetArrayType(string element, ArrayShape shape) { return element + "[,]"; }
        public string GetByReferenceType(string element) { return element + "&"; }
        public string GetFunctionPointerType(MethodSignature<string> signature) { return "System.IntPtr"; }
        public string GetGenericInstantiation(string type, ImmutableArray<string> arguments) { return type; }
        public string GetGenericMethodParameter(object context, int index) { return "!"; }
        public string GetGenericTypeParameter(object context, int index) { return "!"; }
        public string GetModifiedType(string modifier, string type, bool required) { return type; }
        public string GetPinnedType(string element) { return element; }
        public string GetPointerType(string element) { return element + "*"; }
        public string GetPrimitiveType(PrimitiveTypeCode code) { return "System." + code; }
        public string GetSZArrayType(string element) { return element + "[]"; }
        public string GetTypeFromSpecification(MetadataReader reader, object context, TypeSpecificationHandle handle, byte kind)
        {
            return reader.GetTypeSpecification(handle).DecodeSignature(this, context);
        }
        public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte kind)
        {
            TypeDefinition type = reader.GetTypeDefinition(handle);
            string name = reader.GetString(type.Name);
            if (!type.GetDeclaringType().IsNil) { return GetTypeFromDefinition(reader, type.GetDeclaringType(), kind) + "+" + name; }
            return Joined(reader.GetString(type.Namespace), name);
        }
        public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte kind)
        {
            TypeReference type = reader.GetTypeReference(handle);
            return Joined(reader.GetString(type.Namespace), reader.GetString(type.Name));
        }
        public static string Joined(string space, string name) { return space.Length == 0 ? name : space + "." + name; }
    }

    public static class Members
    {
        static readonly TypeNames Names = new TypeNames();

        public static void Write(string[] assemblies, string output)
        {
            var types = new SortedDictionary<string, object>(StringComparer.Ordinal);
            foreach (string file in assemblies)
            {
                using (var stream = File.OpenRead(file))
                using (var image = new PEReader(stream))
                {
                    MetadataReader reader = image.GetMetadataReader();
                    foreach (TypeDefinitionHandle handle in reader.TypeDefinitions) { Add(types, reader, handle); }
                }
            }
            File.WriteAllText(output, JsonSerializer.Serialize(types));
        }

        static void Add(IDictionary<string, object> types, MetadataReader reader, TypeDefinitionHandle handle)
        {
            TypeDefinition type = reader.GetTypeDefinition(handle);
            TypeAttributes visible = type.Attributes & TypeAttributes.VisibilityMask;
            if (visible != TypeAttributes.Public && visible != TypeAttributes.NestedPublic) { return; }
            var members = new SortedDictionary<string, List<string[]>>(StringComparer.Ordinal);
            foreach (MethodDefinition method in type.GetMethods().Select(reader.GetMethodDefinition))
            {
                if ((method.Attributes & MethodAttributes.MemberAccessMask) != MethodAttributes.Public) { continue; }
                string name = reader.GetString(method.Name);
                MethodSignature<string> signature = method.DecodeSignature(Names, null);
                List(members, name).Add(signature.ParameterTypes.ToArray());
            }
            foreach (PropertyDefinition property in type.GetProperties().Select(reader.GetPropertyDefinition)) { List(members, reader.GetString(property.Name)); }
            foreach (FieldDefinition field in type.GetFields().Select(reader.GetFieldDefinition))
            {
                if ((field.Attributes & FieldAttributes.FieldAccessMask) == FieldAttributes.Public) { List(members, reader.GetString(field.Name)); }
            }
            var above = type.GetInterfaceImplementations().Select(one => Named(reader, reader.GetInterfaceImplementation(one).Interface)).ToList();
            if (!type.BaseType.IsNil) { above.Insert(0, Named(reader, type.BaseType)); }
            types[Names.GetTypeFromDefinition(reader, handle, 0)] = new { above, members };
        }

        static List<string[]> List(IDictionary<string, List<string[]>> members, string name)
        {
            List<string[]> found;
            if (!members.TryGetValue(name, out found)) { members[name] = found = new List<string[]>(); }
            return found;
        }

        static string Named(MetadataReader reader, EntityHandle handle)
        {
            if (handle.Kind == HandleKind.TypeDefinition) { return Names.GetTypeFromDefinition(reader, (TypeDefinitionHandle)handle, 0); }
            if (handle.Kind == HandleKind.TypeReference) { return Names.GetTypeFromReference(reader, (TypeReferenceHandle)handle, 0); }
            return Names.GetTypeFromSpecification(reader, null, (TypeSpecificationHandle)handle, 0);
        }
    }
}
